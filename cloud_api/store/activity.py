"""When a device was last heard of and what it said of itself: noted at each request, written once a minute at most."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.database import FAILURES, Database
from cloud_api.store.schema import measurement_device

SELDOM = timedelta(minutes=1)
EDGE = "zaehlwerk-edge"
MOST = 32
"""Components of a device whose versions are kept."""
_COMPONENT = re.compile(r"(?<![^ ;(])([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([A-Za-z0-9][A-Za-z0-9._+-]{0,63})(?=[;) ]|$)")

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Activity:
    """Takes note without waiting; what was noted together is written together."""

    database: Database
    _written: dict[UUID, datetime] = field(default_factory=dict)
    _waiting: dict[UUID, tuple[datetime, dict[str, str]]] = field(default_factory=dict)
    _ended: bool = False
    _noted: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator["Activity"]:
        """What was noted until the block ends is written."""
        activity = cls(database)
        writing = asyncio.create_task(activity._write_always(), name="activity")
        try:
            yield activity
        finally:
            activity._ended = True
            activity._noted.set()
            await writing

    def note(self, device: UUID, agent: str, *, at: datetime) -> None:
        """Remember that a device was heard of, unless that was written less than a minute ago."""
        written = self._written.get(device)
        if written is None or at - written >= SELDOM:
            self._written[device] = at
            self._waiting[device] = (at, versions(agent))
            self._noted.set()

    async def _write_always(self) -> None:
        while not self._ended:
            await self._noted.wait()
            self._noted.clear()
            await self._write()
        await self._write()

    async def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        try:
            async with self.database.write() as connection:
                await _write(connection, waiting)
        except FAILURES:
            logger.exception("the activity of %d devices could not be written", len(waiting))


def versions(agent: str) -> dict[str, str]:
    """Component and version out of `zaehlwerk-edge/0.1.0 (component/version; …)`; nothing out of any other text."""
    if not agent.startswith(f"{EDGE}/"):
        return {}
    return dict(_COMPONENT.findall(agent)[:MOST])


def stored_versions(text: str | None) -> dict[str, str]:
    """What a row holds."""
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


async def _write(connection: AsyncConnection, waiting: dict[UUID, tuple[datetime, dict[str, str]]]) -> None:
    """Devices that said nothing of their versions keep those that are known."""
    device = measurement_device.c.uuid == bindparam("device")
    silent = update(measurement_device).where(device).values(last_active_at=bindparam("at"))
    telling = silent.values(versions=bindparam("said"))
    rows = [
        {"device": uuid, "at": at, "said": msgspec.json.encode(said).decode()}
        for uuid, (at, said) in sorted(waiting.items())
    ]
    for statement, told in ((telling, True), (silent, False)):
        chosen = [row for row in rows if (row["said"] != "{}") is told]
        if chosen:
            await connection.execute(statement, chosen)
