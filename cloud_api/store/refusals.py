"""Refused attempts: counted for whoever was refused, and entered in the audit log; written together, by and by."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store import audit
from cloud_api.store.audit import Entry
from cloud_api.store.database import FAILURES, Database
from cloud_api.store.schema import refusal

PAUSE = 1.0
"""Seconds from one writing to the next: a flood of refusals makes few entries, each with its number."""
UNKNOWN = "unknown"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Refusals:
    """Takes note without waiting."""

    database: Database
    _waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _noted: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database) -> AsyncIterator["Refusals"]:
        """What was noted until the block ends is written."""
        refusals = cls(database)
        writing = asyncio.create_task(refusals._write_always(), name="refusals")
        try:
            yield refusals
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await refusals._write()

    def note(self, who: str, why: str, *, at: datetime) -> None:
        """`who` is the uuid of a device whose certificate is ours, the name of a group, or unknown; `why` is a code."""
        self._waiting[who, why] += 1
        self._last[who, why] = at
        self._noted.set()

    async def _write_always(self) -> None:
        while True:
            await self._noted.wait()
            self._noted.clear()
            await self._write()
            await asyncio.sleep(PAUSE)

    async def _write(self) -> None:
        waiting, last = self._waiting, self._last
        self._waiting, self._last = Counter(), {}
        if not waiting:
            return
        try:
            async with self.database.write() as connection:
                for (who, why), times in waiting.items():
                    await _count(connection, who, why, times, last[who, why])
                await audit.add(
                    connection,
                    *(
                        Entry(at=last[who, why], who=who, what="request", result=f"refused: {why} ({times})")
                        for (who, why), times in waiting.items()
                    ),
                )
        except FAILURES:
            logger.exception("%d refused attempts could not be written", waiting.total())


async def totals(connection: AsyncConnection, of: Sequence[str] | None = None) -> dict[str, int]:
    """Refused attempts by who was refused: all, or those of some."""
    query = select(refusal.c.who, func.sum(refusal.c.times)).group_by(refusal.c.who)
    if of is not None:
        query = query.where(refusal.c.who.in_(of))
    return {who: int(times) for who, times in (await connection.execute(query)).all()}


async def _count(connection: AsyncConnection, who: str, why: str, times: int, at: datetime) -> None:
    row = (refusal.c.who == who) & (refusal.c.why == why)
    more = update(refusal).where(row).values(times=refusal.c.times + times, last_at=at)
    if not (await connection.execute(more)).rowcount:
        await connection.execute(insert(refusal).values(who=who, why=why, times=times, last_at=at))
