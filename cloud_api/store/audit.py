"""The audit log: who did what to which household, each entry chained to the one before. It holds ids alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.moments import to_micros
from cloud_api.store.schema import audit

COMMAND = "command"
"""Who did it where nobody came through a door."""
BEGINNING = hashlib.sha256(b"zaehlwerk audit log").hexdigest()
"""What the first entry is chained to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was done, or refused."""

    at: datetime
    who: str
    """`device UUID certificate SERIAL`, the name of a group, `command`, or `unknown`."""
    what: str
    household: UUID | None = None
    subject: UUID | None = None
    """The device, meter or correction that it was done to; no participant, who may stand for several households."""
    result: str = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a look through the whole log found."""

    entries: int
    last: str
    """The hash of the last entry; whoever noted it can later tell that nothing up to it was changed or cut off."""
    broken: int | None
    """The first entry that does not fit to the one before."""
    held: bool
    """Whether the hash that was asked for is one of the log's."""


async def add(connection: AsyncConnection, *entries: Entry) -> None:
    """Append within the transaction in which it is done. That one has to be alone, or two would be chained to one."""
    newest = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    number, sealed = (row.number, row.hash) if row else (0, BEGINNING)
    for entry in entries:
        number += 1
        sealed = _seal(sealed, number, entry)
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        await connection.execute(insert(audit).values(number=number, hash=sealed, **values))


async def verify(connection: AsyncConnection, *, holding: str | None = None) -> Chain:
    """Follow the chain from its beginning."""
    count, sealed, held = 0, BEGINNING, holding is None
    async for row in await connection.stream(select(audit).order_by(audit.c.number)):
        expected = _seal(sealed, count + 1, _entry(row))
        if (row.number, row.hash) != (count + 1, expected):
            return Chain(entries=count, last=sealed, broken=count + 1, held=held)
        count, sealed = count + 1, expected
        held = held or sealed == holding
    return Chain(entries=count, last=sealed, broken=None, held=held)


async def of_household(connection: AsyncConnection, household: UUID) -> Sequence[Entry]:
    """What was done to one household, oldest first."""
    query = select(audit).where(audit.c.household == household).order_by(audit.c.number)
    return [_entry(row) for row in (await connection.execute(query)).all()]


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})


def _seal(before: str, number: int, entry: Entry) -> str:
    """The hash of an entry and the one before it, over a form that has one spelling only."""
    parts = [before, number, to_micros(entry.at), entry.who, entry.what, entry.household, entry.subject, entry.result]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
