"""The proof at full length: fifty virtual households through a year, exported and compared with their own truth."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cloud_api.store.database import Database
from tests.dataset.exporting import names_of, release
from tests.dataset.proof import Proof, prove
from tests.dataset.virtual import Planted, fresh_folder, planting, settle

SINCE = date(2025, 11, 1)
ROUNDING = 0.0002
"""kWh by which a counter's two registers may be off together between two flags."""


async def main(households: int, days: int, place: Path) -> Proof:
    folder = await fresh_folder(place / "cloud")
    begin = datetime(SINCE.year, SINCE.month, SINCE.day, tzinfo=UTC)
    planted: list[Planted] = []
    async with Database.open(folder.database) as database:
        with took("measuring and storing"), ProcessPoolExecutor() as pool:
            for meters in pool.map(planting, [(number, SINCE, days) for number in range(1, households + 1)]):
                planted.append(await settle(database, meters, since=begin))  # noqa: PERF401  # one after another
        with took("exporting"):
            await release(folder, database, place / "out", until=SINCE + timedelta(days=days))
    with took("comparing"):
        return prove(place / "out", planted, names_of(folder, planted), since=begin)


@contextmanager
def took(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.dataset", description=__doc__)
    parser.add_argument("--households", type=int, default=50)
    parser.add_argument("--days", type=int, default=365)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        proof = asyncio.run(main(given.households, given.days, Path(made)))
    for name, number in asdict(proof).items():
        print(f"{name}: {number:.6f}" if isinstance(number, float) else f"{name}: {number}")
    unaccounted = proof.flowed - proof.energy - proof.flagged
    print(f"not accounted for: {unaccounted:.6f} kWh of {proof.flowed:.3f}")
    assert abs(unaccounted) <= ROUNDING * (proof.flags + 2 * given.households)
