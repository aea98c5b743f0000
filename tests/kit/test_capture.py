"""Recording a meter: with its times, for as long as is wanted, and fit to be shared if it is to be."""

import signal
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.metering.plugins.catalogue import load as catalogue
from edge_app.metering.probe.recording import load
from edge_app.metering.profile import profile
from tests.edge.lines import Pty, pty
from tests.edge.speaking import speaking, telegrams
from tests.edge.test_commands import EDGE_APP
from tests.kit.recorded import readings, recording, spoken
from tests.kit.recorded import telegrams as heard

MT681 = profile(catalogue().models["MT681"]).variant()


def test_what_a_meter_sends_is_recorded_with_its_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "evening.jsonl"
    with speaking(*telegrams("MT681")) as port:
        assert main(["capture", "--port", port, "--out", str(out), "--seconds", "0.4"]) == 0
    recorded = load(out)
    assert recorded.timed
    assert recorded.pieces[0].seconds == 0.0
    assert {each.data for each in heard(recorded)} <= set(telegrams("MT681"))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    said = capsys.readouterr().err
    assert "whole telegrams" in said
    assert "it tells which meter it is" in said


def test_scrubbed_at_once_the_true_number_is_never_written(tmp_path: Path) -> None:
    out = tmp_path / "evening.jsonl"
    with speaking(*telegrams("MT681")) as port:
        assert main(["capture", "--port", port, "--out", str(out), "--seconds", "0.4", "--scrub"]) == 0
    recorded = load(out)
    assert recorded.scrubbed
    (true,) = {reading.server_id for reading in readings(heard(recording(telegrams("MT681"))))}
    assert true not in out.read_text()
    assert readings(heard(recorded))


def test_a_recording_that_is_there_is_scrubbed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    true = recording([b"noise", *spoken(MT681, seed=3, count=2)])
    (tmp_path / "mine.jsonl").write_text(true.text())
    words = ["capture", "--scrub", "--in", str(tmp_path / "mine.jsonl"), "--out", str(tmp_path / "shared.jsonl")]
    assert main(words) == 0
    shared = load(tmp_path / "shared.jsonl")
    assert len(heard(shared)) == 2
    assert shared.data != true.data
    said = capsys.readouterr().err
    assert "left out 5 bytes" in said
    assert "it tells which meter it is" not in said


@contextmanager
def capturing(line: Pty, out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has recorded the beginning of a telegram, and goes on."""
    words = [EDGE_APP, "capture", "--port", line.url, "--out", str(out), "--seconds", "60"]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as process:
        assert process.stderr
        assert b"listening" in process.stderr.readline()
        line.say(telegrams("MT681")[0])
        assert b"first bytes" in process.stderr.readline()
        yield process


def test_whoever_presses_ctrl_c_keeps_what_was_heard(tmp_path: Path) -> None:
    out = tmp_path / "evening.jsonl"
    with pty() as line, capturing(line, out) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode in (0, 1), said
        assert out.exists(), said.decode()
    assert load(out).data
    assert telegrams("MT681")[0].startswith(load(out).data)


def test_a_port_that_goes_away_leaves_what_was_heard(tmp_path: Path) -> None:
    out = tmp_path / "evening.jsonl"
    with pty() as line, capturing(line, out) as process:
        line.hang_up()
        assert process.wait(20) == 3
    assert load(out).data
    assert telegrams("MT681")[0].startswith(load(out).data)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--in", "nothing.jsonl", "--out", "new.jsonl"], "--in goes with --scrub"),
        (["--in", "nothing.jsonl", "--out", "new.jsonl", "--scrub"], "nothing.jsonl: cannot be read"),
        (["--in", "noise.bin", "--out", "noise.bin", "--scrub"], "noise.bin is there already"),
        (["--in", "noise.bin", "--out", "no/folder.jsonl", "--scrub"], "no/folder.jsonl cannot be written"),
    ],
)
def test_wrong_usage_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    complaint: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("noise.bin").write_bytes(b"noise")
    assert main(["capture", *words]) == 2
    assert complaint in capsys.readouterr().err


def test_noise_is_recorded_and_said_to_hold_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with speaking(b"noise") as port:
        assert main(["capture", "--port", port, "--out", str(tmp_path / "n.jsonl"), "--seconds", "0.3"]) == 1
    assert "0 whole telegrams" in capsys.readouterr().err


def test_a_port_that_is_not_there_leaves_no_file(tmp_path: Path) -> None:
    assert main(["capture", "--port", "/dev/not-there", "--out", str(tmp_path / "n.jsonl")]) == 3
    assert list(tmp_path.iterdir()) == []
