"""`make limits`: what the whole service takes of a device with five meters, an hour long, in the time of this world."""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.demo.household import METERS
from tests.demo.processes import DemoError
from tests.demo.scene import Scene, fresh, set_up
from tests.demo.stage import running

MEMORY, SHARE = 90.0, 0.02
"""MB that the service may hold at its highest, and what it may take of one core."""
LOOK_EVERY = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a process has taken since it began, as Linux counts it."""

    seconds: float
    """Of a processor, for itself and in the kernel."""
    memory: float
    """MB, at the highest."""
    written: int
    """Bytes that it has caused to be written to a disk."""

    @classmethod
    def by(cls, process: int) -> Self:
        """Raises FileNotFoundError once the process has ended."""
        folder = Path("/proc") / str(process)
        ticks = folder.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
        return cls(
            seconds=sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"),
            memory=_field(folder / "status", "VmHWM") * 1024 / 1e6,
            written=_field(folder / "io", "write_bytes"),
        )


def _field(file: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(f"{name}:"))


async def measure(folder: Path, minutes: float) -> bool:
    """Let it run, say what it took, and whether that is within the limits. Raises DemoError."""
    scene = await set_up(fresh(folder), hurried=False)
    begun = time.monotonic()
    async with running(scene) as observer:
        process = int((folder / "edge.pid").read_text())
        start = Taken.by(process)
        while time.monotonic() - begun < minutes * 60:
            await asyncio.sleep(LOOK_EVERY)
            taken = _still(process, scene)
        passed = time.monotonic() - begun
        measured, waiting = observer.device()
    share = taken.seconds / passed
    print(f"five meters, {passed / 60:.1f} minutes, {measured} measurements, of which {waiting} wait")
    print(f"  memory at its highest {taken.memory:6.1f} MB   (at most {MEMORY:g})")
    print(f"  share of one core     {share:6.2%}      (at most {SHARE:.0%}; {start.seconds:.1f} s of it to start)")
    print(f"  written to the disk   {taken.written / 1e6:6.2f} MB")
    return taken.memory <= MEMORY and share <= SHARE and measured >= len(METERS)


def _still(process: int, scene: Scene) -> Taken:
    try:
        return Taken.by(process)
    except FileNotFoundError:
        raise DemoError(f"the device has ended, see {scene.folder / 'edge.log'}") from None


def main() -> int:
    parser = argparse.ArgumentParser(prog="make limits", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long it runs (default: 60)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="limits-") as folder:
        try:
            return 0 if asyncio.run(measure(Path(folder) / "household", given.minutes)) else 1
        except DemoError as error:
            print(f"limits: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
