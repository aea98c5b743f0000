"""The page of plugins: each model with version, grade and origin, and each plugin that failed with its reason."""

from pathlib import Path

import pytest

from edge_app.web.frame.reader import Reader
from edge_app.web.setup.plugins import GRADES
from tests.pages.conftest import home
from tests.pages.home import Home
from tests.waiting import until

__all__ = ["home"]
ENGLISH = Reader("en")
JUDGE = """import json
print(json.dumps({"MT681": "gold", "MT175": "silver", "EHZ": "silver", "DD3": "bronze"}))
"""


async def test_models_are_named_at_once_and_graded_soon(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "quick_judge.py").write_text(JUDGE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("edge_app.web.setup.plugins.JUDGE", "quick_judge")
    home.unfit["broken.py"] = "ModuleNotFoundError: No module named 'nothing'"
    monkeypatch.setattr("edge_app.web.setup.plugins.PATIENCE", 0)
    text = await home.read("/setup/plugins")
    for word in ("MT681", "MT175", "EHZ", "DD3", "EASY", "broken.py", "No module named", "0.1.0"):
        assert word in text, word
    assert ENGLISH.say("setup.plugins_failed_try") in text
    assert text.count(f"<dd>{ENGLISH.say('setup.grade_open')}</dd>") == 5
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    judging = home.browser.app[GRADES]._judging
    assert judging
    await until(judging.done, seconds=30)
    text = await home.read("/setup/plugins")
    for grade, models in (("gold", 1), ("silver", 2), ("bronze", 1), ("none", 1)):
        assert text.count(f"<dd>{ENGLISH.say(f'setup.grade_{grade}')}</dd>") == models
    assert "refresh" not in text
