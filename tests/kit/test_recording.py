"""Recordings of both forms are read, played and decoded; what is wrong in one is told by its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.errors import ConfigError
from edge_app.metering.plugins.catalogue import load as catalogue
from edge_app.metering.probe.recording import Piece, Recording, load
from edge_app.metering.profile import profile
from edge_app.simulator.capture import pieces
from tests.edge.test_commands import objects
from tests.kit.recorded import recording, spoken

MT681 = profile(catalogue().models["MT681"]).variant()


def test_a_timed_recording_comes_back_as_it_was_written(tmp_path: Path) -> None:
    recorded = recording(spoken(MT681, seed=1, count=2))
    (tmp_path / "evening.jsonl").write_text(recorded.text())
    read = load(tmp_path / "evening.jsonl")
    assert read.data == recorded.data
    assert [piece.seconds for piece in read.pieces] == pytest.approx([piece.seconds for piece in recorded.pieces])
    assert read.timed
    assert not read.scrubbed


def test_bytes_alone_are_a_recording_without_times(tmp_path: Path) -> None:
    (tmp_path / "evening.bin").write_bytes(b"".join(spoken(MT681, seed=1, count=20)))
    read = load(tmp_path / "evening.bin")
    assert read.data == (tmp_path / "evening.bin").read_bytes()
    assert not read.timed
    assert len(read.pieces) > 1


def test_a_line_that_was_cut_off_while_it_was_written_is_passed_over(tmp_path: Path) -> None:
    text = recording(spoken(MT681, seed=1, count=1)).text()
    (tmp_path / "evening.jsonl").write_text(text[:-9])
    assert len(load(tmp_path / "evening.jsonl").pieces) == text.count("hex") - 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"recording": 2}\n', "line 1: no head of a recording"),
        ('{"recording":\n', "line 1: no head of a recording"),
        ('{"recording": 1}\n{"seconds": 0}\n', 'line 2: expected {"seconds": 0.062'),
        ('{"recording": 1}\n{"seconds": 0, "hex": "0"}\n', "line 2: expected"),
        ('{"recording": 1}\n[]\n', "line 2: expected"),
        ('{"recording": 1}\n{"seconds": 1, "hex": "00"}\n{"seconds": 0.5, "hex": "00"}\n', "line 3: time goes back"),
        ('{"recording": 1}\n{"seconds": NaN, "hex": "00"}\n', "line 2: time goes back"),
    ],
)
def test_what_is_wrong_in_a_recording_is_told_by_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "evening.jsonl").write_text(text)
    with pytest.raises(ConfigError) as told:
        load(tmp_path / "evening.jsonl")
    assert f"evening.jsonl, {complaint}" in str(told.value)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.jsonl: cannot be read"):
        load(tmp_path / "nothing.jsonl")


def test_decode_reads_the_same_in_both_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded = recording(spoken(MT681, seed=1, count=3))
    (tmp_path / "evening.jsonl").write_text(recorded.text())
    (tmp_path / "evening.bin").write_bytes(recorded.data)
    printed = []
    for name in ("evening.jsonl", "evening.bin"):
        assert main(["decode", str(tmp_path / name), "--json"]) == 0
        printed.append(objects(capsys.readouterr().out))
    assert printed[0] == printed[1]
    assert [each["valid"] for each in printed[0]] == [True] * 3
    assert printed[0][0]["registers"]["0100010800ff"]["value"] > Decimal(0)


class TestPlaying:
    def test_a_timed_recording_is_played_as_it_came(self, tmp_path: Path) -> None:
        chunks = (Piece(seconds=0.0, data=b"a"), Piece(seconds=0.25, data=b"b"), Piece(seconds=2.25, data=b"c"))
        (tmp_path / "evening.jsonl").write_text(Recording(pieces=chunks).text())
        assert pieces(tmp_path / "evening.jsonl") == [(b"a", 0.25), (b"b", 2.0), (b"c", 2.0)]

    def test_with_an_interval_it_is_cut_into_telegrams(self, tmp_path: Path) -> None:
        sent = spoken(MT681, seed=1, count=3)
        (tmp_path / "evening.jsonl").write_text(recording(sent).text())
        assert pieces(tmp_path / "evening.jsonl", timed=False) == [(each, None) for each in sent]

    def test_a_recording_without_times_is_cut_into_telegrams(self, tmp_path: Path) -> None:
        sent = spoken(MT681, seed=1, count=3)
        chunks = tuple(Piece(seconds=0.0, data=each) for each in sent)
        (tmp_path / "evening.jsonl").write_text(Recording(pieces=chunks).text())
        assert pieces(tmp_path / "evening.jsonl") == [(each, None) for each in sent]
