"""Corrections: what participants report to be wrong, and what researchers decide."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import FixedError, MissingError
from cloud_api.store.cursors import newest_first
from cloud_api.store.schema import correction
from cloud_api.wire.fields import CorrectionState

COLUMNS = [correction.c[name] for name in wire.Correction.__struct_fields__]
MOST_OPEN = 100
"""Corrections of one household that may wait at a time."""


async def add(
    connection: AsyncConnection, household: UUID, draft: wire.CorrectionDraft, *, at: datetime
) -> wire.Correction:
    """Raises FixedError where too many of the household wait already."""
    waiting = select(func.count()).where(correction.c.household == household, correction.c.state == "open")
    if (await connection.scalar(waiting) or 0) >= MOST_OPEN:
        raise FixedError(f"{MOST_OPEN} corrections of this household wait already")
    new = wire.Correction(
        uuid=uuid4(),
        household=household,
        field=draft.field,
        value=draft.value,
        state="open",
        word=None,
        reported_at=at,
        decided_at=None,
    )
    await connection.execute(insert(correction).values({name: getattr(new, name) for name in new.__struct_fields__}))
    return new


async def one(connection: AsyncConnection, uuid: UUID) -> wire.Correction:
    """Raises MissingError where there is none, or none any more."""
    row = (await connection.execute(select(*COLUMNS).where(correction.c.uuid == uuid))).mappings().one_or_none()
    if row is None:
        raise MissingError("there is no such correction")
    return wire.Correction(**row)


async def decide(
    connection: AsyncConnection, uuid: UUID, state: CorrectionState, *, word: str, at: datetime
) -> wire.Correction:
    """Raises FixedError where it was decided before, MissingError where there is none."""
    done = await connection.execute(
        update(correction)
        .where(correction.c.uuid == uuid, correction.c.state == "open")
        .values(state=state, word=word, decided_at=at)
    )
    found = await one(connection, uuid)
    if not done.rowcount:
        raise FixedError(f"this correction is {found.state}")
    return found


async def page(
    connection: AsyncConnection, wanted: wire.CorrectionQuery, *, household: UUID | None = None
) -> wire.Corrections:
    """Corrections of every household, or of one."""
    query = select(*COLUMNS)
    if household:
        query = query.where(correction.c.household == household)
    if wanted.state:
        query = query.where(correction.c.state == wanted.state)
    rows, following = await newest_first(
        connection, query, correction.c.reported_at, correction.c.uuid, limit=wanted.limit, cursor=wanted.cursor
    )
    return wire.Corrections(corrections=[wire.Correction(**row) for row in rows], next=following)


async def forget(connection: AsyncConnection, household: UUID) -> None:
    """Erase the corrections of a household: each quotes what was registered of people."""
    await connection.execute(delete(correction).where(correction.c.household == household))
