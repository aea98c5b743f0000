"""Plugins are found, each fault is named, and the others run on."""

from pathlib import Path

import pytest

from edge_app.errors import ConfigError
from edge_app.metering.plugins.catalogue import load

GOOD = """
from edge_app.metering import ENERGY_IN, Meter, Reading, hookimpl

class Other(Meter):
    model = "{model}"
    vendor = "Somebody"
    name = "Somebody's meter"
    locked = frozenset({{ENERGY_IN}})
    unlocked = locked

    def recognises(self, reading: Reading) -> bool:
        return reading.maker == "SBY"

@hookimpl
def meters():
    return [Other]
"""


def test_the_five_come_through_the_door_that_others_use() -> None:
    catalogue = load()
    assert sorted(catalogue.models) == ["DD3", "EASY", "EHZ", "MT175", "MT681"]
    assert catalogue.failed == {}
    assert catalogue.origins["MT681"] == "mt681 (zaehlwerk)"


def test_one_file_in_the_folder_is_a_plugin(tmp_path: Path) -> None:
    (tmp_path / "somebody.py").write_text(GOOD.format(model="SBY-1"))
    catalogue = load(tmp_path)
    assert catalogue.meter("SBY-1").name == "Somebody's meter"
    assert catalogue.origins["SBY-1"] == "somebody.py"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import nothing_of_that_name", "No module named 'nothing_of_that_name'"),
        ("1/0", "ZeroDivisionError"),
        (GOOD.format(model="MT681"), "brings MT681, which mt681 (zaehlwerk) has brought already"),
        (GOOD.format(model="no number"), "'no number' is no model number"),
        (GOOD.format(model="SBY-1").replace('    vendor = "Somebody"\n', ""), "Other does not say its vendor"),
        ("def meters(:", "SyntaxError"),
        (GOOD.format(model="SBY-1").replace("    locked", "    lines = ()\n    locked"), "one line for each"),
    ],
)
def test_a_plugin_that_fails_is_named_with_its_reason_and_the_others_are_there(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "bad.py").write_text(text)
    (tmp_path / "good.py").write_text(GOOD.format(model="SBY-2"))
    catalogue = load(tmp_path)
    assert reason in catalogue.failed["bad.py"]
    assert sorted(catalogue.models) == ["DD3", "EASY", "EHZ", "MT175", "MT681", "SBY-2"]


def test_asking_for_an_unknown_model_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"called 'MT99' \(installed: DD3, EASY, EHZ, MT175, MT681\)"):
        load().meter("MT99")
