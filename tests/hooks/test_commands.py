"""Commands of plugins are offered beside our own, which wait for no plugin."""

from pathlib import Path

import pytest

from edge_app.cli import main
from tests.hooks.plugins import SABOTEUR, WITNESS, drop_in

SETTINGS = '[cloud]\nurl = "https://cloud.example.org:8443"\n\n[plugin.witness]\ngreeting = "hello"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    drop_in(tmp_path / "plugins", saboteur=SABOTEUR, witness=WITNESS)
    (tmp_path / "edge.toml").write_text(SETTINGS)
    return tmp_path


def test_one_is_carried_out_with_its_arguments_and_its_settings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(folder), "testify", "--volume", "loudly"]) == 4
    assert capsys.readouterr().out == "loudly hello\n"


def test_without_settings_it_is_told_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "edge.toml").unlink()
    assert main(["--config", str(folder), "testify"]) == 1
    assert capsys.readouterr().err.endswith("edge-app: nothing to say without settings\n")


def test_help_lists_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--config", str(folder), "--help"])
    text = capsys.readouterr().out
    assert "Say what it has to say." in text
    assert "mqtt" in text


def test_a_word_that_nobody_knows_is_wrong_usage(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(folder), "weather"])
    assert ended.value.code == 2
    assert "invalid choice: 'weather'" in capsys.readouterr().err


def test_our_own_commands_wait_for_no_plugin(folder: Path) -> None:
    drop_in(folder / "plugins", slow=f"from pathlib import Path\nPath({str(folder / 'loaded')!r}).touch()")
    assert main(["--config", str(folder), "probes"]) == 0
    assert not (folder / "loaded").exists()
    with pytest.raises(SystemExit):
        main(["--config", str(folder), "weather"])
    assert (folder / "loaded").exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({'"testify"': '"read"'}, "PluginError: there is a command called read already"),
        ({'"testify"': '"mqtt"'}, "PluginError: there is a command called mqtt already"),
        ({'"testify"': '"swear"', "add=add": "add=None"}, "TypeError: "),
    ],
)
def test_one_that_cannot_be_offered_is_told_and_the_others_are_there(
    folder: Path, caplog: pytest.LogCaptureFixture, changes: dict[str, str], reason: str
) -> None:
    other = WITNESS
    for before, after in changes.items():
        other = other.replace(before, after)
    drop_in(folder / "plugins", zz_other=other)
    assert main(["--config", str(folder), "testify"]) == 4
    assert f"plugin zz_other.py has a fault, what it does may be missing: {reason}" in caplog.text
