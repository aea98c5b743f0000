"""The power fails: a process that keeps measurements is killed at any moment."""

import random
import subprocess
import sys
from pathlib import Path

from edge_app.store import Store, measurements
from tests.store.values import QUARTER, START


def kept_until_killed(path: Path, first: int, count: int) -> list[int]:
    """The slots that a process said were kept, killed once it had said so often enough."""
    command = [sys.executable, "-m", "tests.store.keeping", str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(count)]
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
    return [int(line) for line in said if line.endswith("\n")]


async def test_twenty_kills_lose_nothing_that_was_kept(path: Path) -> None:
    chance = random.Random(20)
    kept: list[int] = []
    for life in range(20):
        kept += kept_until_killed(path, life * 10_000, chance.randrange(1, 40))

    async with Store.open(path) as store:
        assert await store.run(lambda db: db.execute("pragma integrity_check").fetchone()) == ("ok",)
        rows = await store.run(measurements.unconfirmed, limit=100_000)
    found = [(measurement.slot - START) // QUARTER for _, measurement in rows]
    assert found == sorted(set(found))
    assert set(kept) <= set(found)
    assert len(found) - len(kept) <= 20  # in each life one may have been safe before it was said
