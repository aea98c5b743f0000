"""What the slot ledger is reckoned from: when was measured, what came late, and what a device says of the rest."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Table, insert, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.errors import MissingError
from cloud_api.ledger.states import DUE, Reason, Told
from cloud_api.store.measurements import Key
from cloud_api.store.schema import consent, late_arrival, measurement, meter, slot_reason

REASON = (slot_reason.c.begin, slot_reason.c.end, slot_reason.c.reason)


class Granted(NamedTuple):
    """From when to when consent stood."""

    granted_at: datetime | None
    revoked_at: datetime | None


async def note_late(connection: AsyncConnection, stored: Collection[Key], *, at: datetime) -> None:
    """Remember which of the measurements that are new now come after their report cycle."""
    rows = [
        {"household": household, "meter": meter, "time": time, "received_at": at}
        for household, meter, time in sorted(key for key in stored if at - key[2] > DUE)
    ]
    if rows:
        await connection.execute(insert(late_arrival), rows)


async def note_reasons(
    connection: AsyncConnection, household: UUID, meter: UUID, told: Sequence[Told], *, at: datetime
) -> None:
    """Remember what a device says; of two things said of slots from the same one on, the later is kept."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(slot_reason)
    latest = {name: statement.excluded[name] for name in ("end", "reason", "told_at")}
    upsert = statement.on_conflict_do_update(index_elements=["household", "meter", "begin"], set_=latest)
    own = {"household": household, "meter": meter, "told_at": at}
    rows = [own | {"begin": said.begin, "end": said.end, "reason": said.reason.value} for said in told]
    if rows:
        await connection.execute(upsert, rows)


async def consent_of(connection: AsyncConnection, household: UUID) -> Granted:
    """Raises MissingError where there is no such household."""
    query = select(consent.c.granted_at, consent.c.revoked_at).where(consent.c.household == household)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise MissingError("there is no such household")
    return Granted(*row)


async def meters(connection: AsyncConnection, household: UUID, *, device: UUID | None = None) -> list[UUID]:
    """The meters of a household, or those of them that one device measures, in the order of its document."""
    query = select(meter.c.uuid).where(meter.c.household == household).order_by(meter.c.position)
    if device:
        query = query.where(meter.c.measurement_device == device)
    return list((await connection.scalars(query)).all())


async def measured(connection: AsyncConnection, household: UUID, meter: UUID, begin: int, end: int) -> Sequence[int]:
    """When the meter was measured from one moment on and before another, in microseconds since 1970."""
    return await _times(connection, measurement, household, meter, begin, end)


async def late(connection: AsyncConnection, household: UUID, meter: UUID, begin: int, end: int) -> Sequence[int]:
    """When what came late was measured, likewise."""
    return await _times(connection, late_arrival, household, meter, begin, end)


async def told(connection: AsyncConnection, household: UUID, meter: UUID, begin: datetime, end: datetime) -> list[Told]:
    """What was said of slots between two moments, in the order in which it was said."""
    query = (
        select(*REASON)
        .where(slot_reason.c.household == household, slot_reason.c.meter == meter)
        .where(slot_reason.c.begin < end, slot_reason.c.end > begin)
        .order_by(slot_reason.c.told_at, slot_reason.c.begin)
    )
    rows = (await connection.execute(query)).all()
    return [Told(begin=row.begin, end=row.end, reason=Reason(row.reason)) for row in rows]


async def _times(
    connection: AsyncConnection, table: Table, household: UUID, meter: UUID, begin: int, end: int
) -> Sequence[int]:
    time = type_coerce(table.c.time, BigInteger)
    mine = (table.c.household == household, table.c.meter == meter)
    query = select(time).where(*mine, time >= begin, time < end).order_by(time)
    return (await connection.scalars(query)).all()
