"""A process that stands in front of a locked meter and says what it does, until it is killed: python -m … FOLDER."""

import asyncio
import sys
from pathlib import Path

from edge_app.store.vault import Vault
from tests.steward.cellar import Cellar, at_work, store_in

WRONG = "4321"


async def enter(folder: Path) -> None:
    """Keep the PIN, which is the same in each life, and say each pulse and each incident."""
    async with store_in(folder) as store:
        cellar = Cellar("EHZ", store, Vault.beside(folder / "edge.db"))
        await cellar.keep_pin(WRONG)
        async with at_work(cellar):
            said = 0
            while not cellar.told and not await cellar.open_incidents():
                await cellar.live(1)
                for _ in range(cellar.key.pulses - said):
                    print("light", flush=True)  # noqa: T201  # the test listens
                said = cellar.key.pulses
            print(*await cellar.causes(), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(enter(Path(sys.argv[1])))
