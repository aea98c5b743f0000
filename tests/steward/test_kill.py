"""The power fails while a PIN is entered: that was the attempt."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.model.incident import Cause


def life(folder: Path, *, killed_at: int | None) -> list[str]:
    """What a process says until it is killed at one of its pulses, or until it has found what is wrong."""
    command = [sys.executable, "-m", "tests.steward.entering", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if len(said) == killed_at:
                process.kill()
    return said


@pytest.mark.parametrize("pulse", [1, 4])
def test_a_pin_whose_entry_was_cut_off_is_not_entered_again_in_the_next_two_lives(tmp_path: Path, pulse: int) -> None:
    assert life(tmp_path, killed_at=pulse)[:pulse] == ["light"] * pulse
    assert life(tmp_path, killed_at=None) == [Cause.INTERRUPTED]
    assert life(tmp_path, killed_at=None) == [Cause.INTERRUPTED]
