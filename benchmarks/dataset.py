"""The export of a data set: how long it takes beside a plain writer of the same rows, and that its memory stays."""

import asyncio
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import plain
from benchmarks.cloud import processes, seed, stage
from cloud_api.folder.layout import DataFolder
from cloud_api.store.database import Database

MIB = 1024 * 1024
PARTS = (100, 10, 1)
"""Of all measurements a hundredth, a tenth, and all: what memory may not grow with."""
LOOK_EVERY = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A release of so many measurements."""

    measurements: int
    export: float
    """Seconds that the command takes, from its start to its end."""
    highest: float
    """MiB that it held at most."""
    plain: float
    """Seconds that writing the same rows to the same two tables takes, where they are in memory already."""
    rows: int
    """Of these tables."""

    def line(self) -> str:
        return (
            f"  {self.measurements:>11} measurements, {self.rows:>11} rows: {self.export:8.1f} s, "
            f"{self.measurements / self.export:7.0f}/s, highest {self.highest:5.0f} MiB; "
            f"plain writer {self.plain:7.1f} s: {self.export / self.plain:5.2f} times"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """On SQLite, from small to large."""

    name: str
    sizes: list[Size]

    def lines(self) -> list[str]:
        return [self.name, *(size.line() for size in self.sizes)]


async def measure(measurements: int) -> Sizes:
    with tempfile.TemporaryDirectory(prefix="zaehlwerk-bench-") as name:
        folder = DataFolder(Path(name) / "cloud")
        await stage.set_up(folder, folder.database)
        sizes, known = [], 0
        for part in PARTS:
            households = max(measurements // part // (2 * seed.SLOTS), 1)
            if households == known:
                continue
            async with Database.open(folder.database) as database:
                await seed.years(database, await seed.households(database, households - known))
            known = households
            sizes.append(await _measure(folder, Path(name)))
    return Sizes(name="a release in Parquet, out of SQLite: a year of households with two meters", sizes=sizes)


async def _measure(folder: DataFolder, place: Path) -> Size:
    release, beside = place / "release", place / "plain"
    try:
        begin = time.perf_counter()
        said, highest = await _export(folder, release)
        export = time.perf_counter() - begin
        written = plain.write(release, beside)
    finally:
        for made in (release, beside):
            shutil.rmtree(made, ignore_errors=True)
    return Size(
        measurements=int(said.partition(" measurements")[0].rpartition(" ")[2]),
        export=export,
        highest=highest / MIB,
        plain=written.seconds,
        rows=written.rows,
    )


async def _export(folder: DataFolder, out: Path) -> tuple[str, int]:
    """What the command says, and the bytes that its process held at most."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloud_api", "export", "--data", folder.path, "--out", out),
        stdout=asyncio.subprocess.PIPE,
    )
    highest, saying = 0, asyncio.create_task(process.communicate())
    while not saying.done():
        highest = max(highest, processes.highest(process.pid))
        await asyncio.wait([saying], timeout=LOOK_EVERY)
    said, _ = await saying
    if process.returncode:
        raise RuntimeError("the export was not made")
    return said.decode(), highest


def run(*, measurements: int) -> Sizes:
    return asyncio.run(measure(measurements))
