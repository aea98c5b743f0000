"""From the skeleton to gold: what the suite says on the way, to people and to programs."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.kit.grade import Grade, examine
from edge_app.kit.sample import telegram_of
from edge_app.metering.plugins import catalogue
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.recording import Recording
from edge_app.metering.profile import profile
from tests.edge.test_commands import objects
from tests.kit.plugins import Author
from tests.kit.recorded import recording, spoken

INSTALLED = list(load().models.values())
TOLD = """
source = "a NEW-1 of a household, recorded by its owner"
[[telegram]]
number = 1
readings = { "1-0:1.8.0" = "4719308.6 Wh", "1-0:16.7.0" = "641 W" }
"""


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def recorded(author: Author, count: int = 3) -> Recording:
    """What a NEW-1 was heard to send, scrubbed."""
    sent = telegram_of(profile(author.meter()).examples[0])
    return replace(recording([sent] * count), scrubbed=True)


def without_guesses(author: Author) -> None:
    made_up = "guess: made up; record a meter and let its telegrams tell"
    author.edit(author.profile, {made_up: "measured", "guess: ": "manual, p. "})


class TestTheWayToGold:
    def test_a_skeleton_is_bronze(self, author: Author) -> None:
        report = examine(author.meter(), INSTALLED)
        assert report.grade is Grade.BRONZE
        assert [finding.name for finding in report.missing] == ["is-evidenced"]

    def test_with_a_recording_it_is_silver(self, author: Author) -> None:
        author.record(recorded(author), TOLD)
        report = examine(author.meter(), INSTALLED)
        assert report.grade is Grade.SILVER
        assert [finding.name for finding in report.missing] == ["tells-sources"]

    def test_with_a_source_for_every_figure_it_is_gold(self, author: Author) -> None:
        without_guesses(author)
        author.record(recorded(author), TOLD)
        report = examine(author.meter(), INSTALLED)
        assert report.grade is Grade.GOLD
        assert report.missing == ()

    def test_sources_alone_are_no_silver(self, author: Author) -> None:
        without_guesses(author)
        assert examine(author.meter(), INSTALLED).grade is Grade.BRONZE

    def test_a_second_variant_with_a_source_stands_for_a_recording(self, author: Author) -> None:
        without_guesses(author)
        text = author.profile.read_text()
        variant = text[text.index("[variant.usual]") : text.index("# The meter's side")]
        examples = text[text.index("[[telegram]]") :].replace("note =", 'variant = "other"\nnote =')
        other = variant.replace("variant.usual", "variant.other")
        author.profile.write_text(text.replace(variant, variant + other) + "\n" + examples)
        assert examine(author.meter(), INSTALLED).grade is Grade.GOLD

    def test_without_bronze_there_is_no_grade(self, author: Author) -> None:
        author.edit(author.profile, {"length = 236": "length = 1"})
        report = examine(author.meter(), INSTALLED)
        assert report.grade is Grade.NONE
        assert [finding.name for finding in report.missing] == ["length"]

    def test_without_a_profile_there_is_no_grade(self, author: Author) -> None:
        meter = author.meter()
        author.profile.unlink()
        report = examine(meter, INSTALLED)
        assert report.grade is Grade.NONE
        assert "new_1.toml cannot be read" in report.findings[0].wrongs[0]


def test_a_plugin_beside_it_that_is_not_fit_to_be_used_is_its_own_affair(author: Author, tmp_path: Path) -> None:
    unfit = Author(tmp_path / "unfit")
    unfit.edit(unfit.plugin, {'"NEW-1"': '"OLD-1"'})
    other = unfit.meter()
    unfit.profile.unlink()
    assert author.finding("stands-apart").wrongs == ()
    assert examine(author.meter(), [*INSTALLED, other]).grade is Grade.BRONZE


class TestRecordings:
    @pytest.mark.parametrize(
        ("told", "complaint"),
        [
            ('source = "a household"', "nobody has said what is to be read in it"),
            (TOLD.replace("641 W", "642 W"), r"telegram 1: 1-0:16.7.0*255 is read as 0.641 kW (expected 0.642 kW)"),
            (TOLD.replace("1.8.0", "1.8.9"), "telegram 1: 1-0:1.8.9*255 is read as nothing (expected 4719.3086 kWh)"),
            (TOLD.replace("number = 1", "number = 9"), "has no telegram 9 that can be read"),
        ],
    )
    def test_what_is_read_otherwise_than_told_is_found(self, author: Author, told: str, complaint: str) -> None:
        author.record(recorded(author), told)
        (wrong,) = author.finding("reads-recordings").wrongs
        assert wrong.startswith("new_1-evening.jsonl")
        assert wrong.endswith(complaint)

    def test_a_telegram_that_the_plugin_refuses_is_found(self, author: Author) -> None:
        author.record(recorded(author, count=2), TOLD)
        author.edit(
            author.plugin,
            {
                "    def recognises": "    def read(self, telegram):\n"
                "        raise PluginError('too hard')\n\n    def recognises",
                "\n\nfrom": "\n\nfrom edge_app.metering import PluginError\nfrom",
            },
        )
        assert "PluginError: too hard" in author.finding("reads-recordings").wrongs
        author.edit(author.plugin, {"edge_app.metering import PluginError": "edge_app.errors import TelegramError"})
        author.edit(author.plugin, {"PluginError('too hard')": "TelegramError('content')"})
        wrongs = author.finding("reads-recordings").wrongs
        assert wrongs[0] == "new_1-evening.jsonl, telegram 1: refused, content"

    def test_a_telegram_of_another_meter_is_found(self, author: Author) -> None:
        of_another = recording(spoken(profile(load().models["EHZ"]).variant(), seed=1, count=1))
        author.record(replace(of_another, scrubbed=True), TOLD)
        assert "does not recognise telegram 1 of new_1-evening.jsonl" in author.finding("recognises").wrongs

    def test_one_that_tells_which_meter_it_is_is_no_evidence(self, author: Author) -> None:
        author.record(replace(recorded(author), scrubbed=False), TOLD)
        (wrong,) = author.finding("is-evidenced").wrongs
        assert "new_1-evening.jsonl tells which meter it is" in wrong

    def test_one_that_nobody_has_compared_with_the_display_is_no_evidence(self, author: Author) -> None:
        author.record(recorded(author), TOLD.replace("a NEW-1 of a household, recorded by its owner", "a guess"))
        assert author.finding("is-evidenced").wrongs == ("new_1-evening.jsonl: 'a guess'",)

    def test_one_that_cannot_be_read_is_named(self, author: Author) -> None:
        author.record(recorded(author), TOLD)
        (author.package / "captures" / "new_1-evening.jsonl").write_text('{"recording": 7}\n')
        report = examine(author.meter(), INSTALLED)
        assert report.grade is Grade.NONE
        assert "new_1-evening.jsonl, line 1" in report.findings[0].wrongs[0]

    @pytest.mark.parametrize("parity", [True, False])
    def test_mode_d_is_flipped_only_where_its_parity_can_tell(self, tmp_path: Path, parity: bool) -> None:
        author = Author(tmp_path)
        dd3 = profile(load().models["DD3"])
        author.profile.write_text(dd3.file.read_text())
        author.edit(
            author.plugin,
            {
                "Layout,": "Layout, SerialLine, mode_d, sml,",
                "    def recognises": "    protocols = (sml, mode_d)\n"
                "    lines = (SerialLine(), SerialLine(bytesize=7, parity='E'))\n\n    def recognises",
                'reading.maker == "NEW" and reading.layout is Layout.SML_104': 'reading.maker == "EBZ"',
            },
        )
        sent = spoken(dd3.variant("mode_d"), seed=1, count=2, parity=parity)
        said = TOLD.replace('"1-0:1.8.0" = "4719308.6 Wh", "1-0:16.7.0" = "641 W"', "")
        author.record(replace(recording(sent), scrubbed=True), said)
        assert author.finding("refuses-damage").wrongs == author.finding("in-pieces").wrongs == ()


class TestTheCommand:
    def test_people_read_what_holds_and_what_is_missing(
        self, author: Author, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["plugin", "check", str(author.folder)]) == 0
        said = capsys.readouterr().out
        assert said.startswith(
            "NEW-1, Somebody NEW-1: bronze\n  holds   It has a line for the protocol of each variant"
        )
        assert "  silver  is-evidenced: no recording of a real meter" in said
        assert "          and 11 more" in said
        assert said.endswith("  next    silver: is-evidenced\n")

    def test_programs_read_one_object_a_line(self, author: Author, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["plugin", "check", str(author.plugin), "--json"]) == 0
        (said,) = objects(capsys.readouterr().out)
        assert (said["model"], said["grade"], said["alike"], said["missing"]) == (
            "NEW-1",
            "bronze",
            [],
            ["is-evidenced"],
        )
        checks = {each["name"]: each for each in said["checks"]}
        assert checks["reads"] == {"name": "reads", "grade": "bronze", "holds": True, "wrong": []}
        assert checks["is-evidenced"]["holds"] is False

    def test_without_bronze_its_status_is_one(self, author: Author, capsys: pytest.CaptureFixture[str]) -> None:
        author.edit(author.profile, {"length = 236": "length = 1"})
        assert main(["plugin", "check", str(author.folder)]) == 1
        assert "NEW-1, Somebody NEW-1: no grade yet" in capsys.readouterr().out

    def test_a_person_chooses_between_twins(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["plugin", "check", "MT681"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("MT681, Iskraemeco MT681: gold")
        assert "No telegram tells it from MT175: both are candidates, and a person chooses." in said

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_all_that_there_are_are_judged_and_what_failed_is_named(
        self,
        author: Author,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        form: list[str],
    ) -> None:
        monkeypatch.setattr(catalogue, "entry_points", lambda group: ())  # our own are judged elsewhere, at length
        author.package.rename(tmp_path / "plugins")
        (tmp_path / "plugins" / "bad.py").write_text("1/0")
        assert main(["--config", str(tmp_path), "plugin", "check", *form]) == 1
        first, *_, last = capsys.readouterr().out.splitlines()
        assert "NEW-1" in first
        assert "bad.py" in last
        assert "ZeroDivisionError" in last

    @pytest.mark.parametrize(
        ("what", "status", "complaint"),
        [
            ("MT99", 2, "'MT99' is no model, file or folder (models: DD3, EASY, EHZ, MT175, MT681)"),
            ("bad.py", 1, "bad.py could not be used: ZeroDivisionError: division by zero"),
            ("notes.txt", 1, "notes.txt could not be used: PluginError: notes.txt is no Python module"),
            ("empty.py", 1, "empty.py brings no meter model"),
            ("folder", 1, "folder brings no meter model"),
        ],
    )
    def test_what_is_no_plugin_is_told(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        what: str,
        status: int,
        complaint: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("bad.py").write_text("1/0")
        Path("notes.txt").write_text("nothing")
        Path("empty.py").write_text("")
        Path("folder").mkdir()
        assert main(["plugin", "check", what]) == status
        assert complaint in capsys.readouterr().err

    def test_two_files_for_one_model_are_both_named(self, author: Author, capsys: pytest.CaptureFixture[str]) -> None:
        (author.package / "other.py").write_text(author.plugin.read_text())
        (author.package / "other.toml").write_text(author.profile.read_text())
        assert main(["plugin", "check", str(author.folder)]) == 1
        said = capsys.readouterr().err
        assert "new_1.py" in said
        assert "other.py" in said
