"""Devices come in: those that arrive together are looked up together, each after it has come."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from cloud_api.store import devices
from cloud_api.store.database import Database
from cloud_api.store.devices import Came, Registration
from cloud_api.store.together import Together

MOST = 64
"""Devices in one look."""


class Registry:
    """What is known of devices at the moment at which they are asked for; nothing is remembered."""

    def __init__(self, together: Together[Came, Registration | None]) -> None:
        self._together = together

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator["Registry"]:
        async def do(group: Sequence[Came]) -> list[Registration | Exception | None]:
            found = await database.read_at_once(partial(devices.registrations, came=group))
            return [found.get(came) for came in group]

        async with Together[Came, Registration | None].open(do, most=MOST) as together:
            yield cls(together)

    async def find(self, device: UUID, serial: int) -> Registration | None:
        """None where there is no such device, or this certificate was not issued to it."""
        return await self._together.ask((device, serial))
