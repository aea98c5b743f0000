"""A power cut at any step of an update leaves the old version or the new one, and in the end the right one."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SHM = Path("/dev/shm")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: what is written a thousand times need not wait for a disk."""
    if not SHM.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=SHM) as name:
        yield Path(name)


@pytest.mark.parametrize("kind", ["good", "crash", "mute", "unfit"])
def test_a_cut_at_every_step_ends_in_one_working_version(memory: Path, kind: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.update.cuts", str(memory), kind],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    found = re.match(r"(\d+) cuts, (\d+) faults, ended with (\d+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert (found[2], found[3]) == ("0", "0"), done.stdout
    assert int(found[1]) > 15
