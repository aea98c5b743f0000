"""A process that keeps measurements for as long as it lives and prints each that is safe: python -m … PATH FIRST."""

import asyncio
import itertools
import sys
from pathlib import Path

from edge_app.store import Store, measurements
from tests.store.values import measurement


async def keep_on(path: Path, first: int) -> None:
    async with Store.open(path) as store:
        for slot in itertools.count(first):
            assert await store.run(measurements.keep, measurement(slot))
            print(slot, flush=True)  # noqa: T201  # the test listens


if __name__ == "__main__":
    asyncio.run(keep_on(Path(sys.argv[1]), int(sys.argv[2])))
