"""A new plugin is complete as it is written: it can be installed, tried and judged at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.errors import ConfigError
from edge_app.kit.choosing import at
from edge_app.kit.grade import Grade, examine
from edge_app.kit.skeleton import write
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.recording import Recording
from edge_app.metering.probe.recording import load as recording_of
from edge_app.metering.profile import Variant, profile
from edge_app.metering.sml import crc
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from edge_app.simulator.sml_writer import Integer
from tests.edge.test_commands import EDGE_APP, objects
from tests.house.sources import ROOT, tool
from tests.kit.plugins import Author
from tests.kit.recorded import readings, recording, spoken, telegrams
from tests.kit.test_scrub import entry, sml_telegram

MODELS = load().models
VARIANTS = [variant for meter in MODELS.values() for variant in profile(meter).variants.values()]
EARLY_POWER = Obis.parse("1-0:1.7.255")
"""How early firmware of a Q3D writes its power: a quirk that only the author of a plugin can tell."""
UNTOLD = {"keeps-promises", "names-registers"}
"""The checks that ask for what a quirk hides."""
CAPTURES = ROOT.parent / "shared" / "captures"
OF_OTHERS = sorted([*CAPTURES.glob("[DHI]*.sml.bin"), *CAPTURES.glob("*.d0.bin")])


def run(*words: object, folder: Path, **environment: str) -> str:
    """Run a program to its end, and give what it printed."""
    done = subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_passes_the_suite_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["plugin", "new", "DTS-541.x".removesuffix(".x"), "--vendor", "Müller & Söhne", "--out", str(tmp_path)])
        == 0
    )
    written = list(map(Path, capsys.readouterr().out.splitlines()))
    assert all(file.is_file() for file in written)
    assert {file.name for file in written} >= {"README.md", "pyproject.toml", "dts_541.py", "dts_541.toml"}
    assert main(["plugin", "check", str(tmp_path / "zaehlwerk-dts-541")]) == 0
    assert "DTS-541, Müller & Söhne DTS-541: bronze" in capsys.readouterr().out


def test_it_is_written_as_we_write(tmp_path: Path) -> None:
    folder = Author(tmp_path).folder
    ruff, ours = tool("ruff"), ("--config", ROOT / "pyproject.toml")
    run(ruff, "check", *ours, "--ignore", "S101", ".", folder=folder)  # its tests assert
    run(ruff, "format", "--check", *ours, ".", folder=folder)


def test_its_own_tests_pass(tmp_path: Path) -> None:
    assert "passed" in run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=Author(tmp_path).folder
    )


def test_it_can_be_installed_and_is_there(tmp_path: Path) -> None:
    author = Author(tmp_path)
    target = tmp_path / "installed"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    run(*pip, "--target", target, author.folder, folder=tmp_path)
    listed = run(EDGE_APP, "models", "--json", folder=tmp_path, PYTHONPATH=str(target))
    (ours,) = [each for each in objects(listed) if each["model"] == "NEW-1"]
    assert ours["plugin"] == "new_1 (zaehlwerk-new-1)"
    assert "bronze" in run(EDGE_APP, "plugin", "check", "NEW-1", folder=tmp_path, PYTHONPATH=str(target))


def test_one_file_with_its_profile_may_be_dropped_into_the_folder(tmp_path: Path) -> None:
    author = Author(tmp_path)
    (tmp_path / "plugins").mkdir()
    for file in (author.plugin, author.profile):
        file.rename(tmp_path / "plugins" / file.name)
    assert load(tmp_path / "plugins").origins["NEW-1"] == "new_1.py"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["sb 1"], "'sb 1' is no model number"),
        (["../SB1"], "'../SB1' is no model number"),
        (["SB1", "--vendor", '"""'], "is no name (expected letters"),
        (["SB1", "--vendor", "3M"], "is no name (expected letters"),
        (["SB1", "--capture", "nothing.jsonl"], "nothing.jsonl: cannot be read"),
        (["SB1", "--capture", "noise.bin"], "no whole telegram to draw a profile from"),
        (["OLD"], "zaehlwerk-old is there already"),
    ],
)
def test_wrong_usage_is_told_and_writes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("noise.bin").write_bytes(bytes(range(256)))
    Path("zaehlwerk-old").mkdir()
    assert main(["plugin", "new", *words]) == 2
    assert complaint in capsys.readouterr().err
    assert {file.name for file in tmp_path.iterdir()} == {"noise.bin", "zaehlwerk-old"}


@pytest.mark.parametrize(("model", "stem"), [("175", "m175"), ("CLASS", "mclass"), ("E-1-", "e_1")])
def test_every_model_number_makes_a_module(tmp_path: Path, model: str, stem: str) -> None:
    written = list(write(model, vendor="Somebody", out=tmp_path, recording=None))
    assert f"{stem}.py" in {file.name for file in written}
    assert examine(at(tmp_path)[0], []).grade is Grade.BRONZE


DRAWN = (
    *("examples", "length", "recognises", "reads", "reads-recordings", "shows-power", "keeps-promises"),
    *("names-registers", "layouts"),
)
"""The checks in which a drawn profile has a say, those that are quick."""


def hides_power(heard: list[Reading]) -> bool:
    return any(EARLY_POWER in reading.registers for reading in heard)


class TestDrawing:
    """A profile that is drawn from a recording describes the meter that was recorded."""

    @pytest.mark.parametrize("full", [True, False], ids=["unlocked", "locked"])
    @pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
    def test_it_says_what_was_heard(self, tmp_path: Path, variant: Variant, full: bool) -> None:
        true = recording(spoken(variant, seed=5, count=3, full=full))
        author = Author(tmp_path, true)
        assert set(author.wrongs(*DRAWN)) == (UNTOLD if hides_power(readings(telegrams(true))) else set())
        known = full or variant.locked is None
        drawn = profile(author.meter()).variant()
        state, was = (drawn.unlocked, variant.unlocked) if known else (drawn.locked, variant.locked)
        assert state
        assert was
        assert state.length >= was.length
        assert drawn.protocol == variant.protocol
        assert [entry.code for entry in state.entries] == [entry.code for entry in was.entries]

    def test_its_rhythm_and_its_values_are_those_that_were_heard(self, tmp_path: Path) -> None:
        true = recording(spoken(profile(MODELS["MT681"]).variant(), seed=5, count=4))
        author = Author(tmp_path, true)
        assert profile(author.meter()).variant().every == pytest.approx(0.4, abs=0.1)
        (first, *_) = readings(telegrams(true))
        recorded = recording_of(author.package / "captures" / "new_1-1.jsonl")
        assert recorded.scrubbed
        assert readings(telegrams(recorded))[0].registers == first.registers
        assert first.server_id not in author.profile.read_text()
        assert first.server_id not in (author.package / "captures" / "new_1-1.jsonl").read_text()
        assert author.finding("reads-recordings").wrongs == ()
        assert author.finding("is-evidenced").wrongs == (
            "new_1-1.jsonl: 'guess: nobody has compared it with the display'",
        )

    def test_the_simulator_plays_it(self, tmp_path: Path) -> None:
        author = Author(tmp_path, recording(spoken(profile(MODELS["EHZ"]).variant(), seed=5, count=2)))
        sent = spoken(profile(author.meter()).variant(), seed=9, count=3, full=False)
        assert [author.meter()().recognises(reading) for reading in readings(telegrams(recording(sent)))] == [True] * 3

    def test_what_is_odd_is_taken_as_it_is(self, tmp_path: Path) -> None:
        odd = [
            entry("1-0:96.50.1*1", b"SBY"),
            entry("1-0:1.8.0", Integer(47_110_815, 8)),
            entry("1-0:0.2.0", b"\x01\x23\x45\x67"),
            entry("1-0:96.90.2*1", b"\x01\x02\x03"),
            entry("129-129:199.130.5", bytes(range(48))),
            entry("1-0:96.1.0", b"19088743 {x}"),
            entry("1-0:97.97.0", None),
            (None, None, None, None, None, b"nameless", None),
        ]
        sent = sml_telegram(odd, rule=crc.kermit, short=True, server_id=b"\x01\xa8\x15\x74\x31\x45\x04\x01\x02")
        author = Author(tmp_path, Recording(pieces=recording([sent, sent]).pieces))
        assert author.wrongs(*DRAWN) == {}

    def test_without_a_maker_the_server_id_tells(self, tmp_path: Path) -> None:
        sent = sml_telegram([entry("1-0:1.8.0", Integer(47_110_815, 8))])
        author = Author(tmp_path, recording([sent]))
        assert 'reading.server_id.startswith("0a01534259")' in author.plugin.read_text()
        assert author.finding("recognises").wrongs == ()

    @pytest.mark.skipif(not CAPTURES.is_dir(), reason="the folder shared/captures is not beside the project")
    @pytest.mark.parametrize(
        "file", sorted([*CAPTURES.glob("[DHI]*.sml.bin"), *CAPTURES.glob("*.d0.bin")]), ids=lambda file: file.name
    )
    def test_meters_of_other_makers_are_drawn(self, tmp_path: Path, file: Path) -> None:
        recorded = recording_of(file)
        if not readings(telegrams(recorded)):
            with pytest.raises(ConfigError, match="no whole telegram"):
                Author(tmp_path, recorded)
            return
        author = Author(tmp_path, recorded)
        assert author.subject().recordings[0].recording.scrubbed
        assert set(author.wrongs(*DRAWN)) == (UNTOLD if hides_power(readings(telegrams(recorded))) else set())
