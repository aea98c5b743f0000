"""What the slot ledger is reckoned from: when was measured, what came late, and what a device says of the rest."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Table, bindparam, insert, select, type_coerce
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.errors import MissingError
from cloud_api.ledger.states import DUE, Reason, Told
from cloud_api.store.measurements import Key
from cloud_api.store.schema import consent, late_arrival, measurement, meter, slot_reason


class Granted(NamedTuple):
    """From when to when consent stood."""

    granted_at: datetime | None
    revoked_at: datetime | None


def note_late(connection: Connection, stored: Collection[Key], *, at: datetime) -> None:
    """Remember which of the measurements that are new now come after their report cycle."""
    rows = [
        {"household": household, "meter": meter, "time": time, "received_at": at}
        for household, meter, time in sorted(key for key in stored if at - key[2] > DUE)
    ]
    if rows:
        connection.execute(insert(late_arrival), rows)


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


async def siblings(connection: AsyncConnection, meter: UUID) -> Sequence[UUID]:
    """The other meters that the device of a meter measures."""
    return (await connection.scalars(SIBLINGS, {"meter": meter})).all()


async def measured(connection: AsyncConnection, household: UUID, meter: UUID, begin: int, end: int) -> Sequence[int]:
    """When the meter was measured from one moment on and before another, in microseconds since 1970."""
    own = {"household": household, "meter": meter, "begin": begin, "end": end}
    return (await connection.scalars(MEASURED, own)).all()


async def late(connection: AsyncConnection, household: UUID, meter: UUID, begin: int, end: int) -> Sequence[int]:
    """When what came late was measured, likewise."""
    own = {"household": household, "meter": meter, "begin": begin, "end": end}
    return (await connection.scalars(LATE, own)).all()


async def told(connection: AsyncConnection, household: UUID, meter: UUID, begin: datetime, end: datetime) -> list[Told]:
    """What was said of slots between two moments, in the order in which it was said."""
    own = {"household": household, "meter": meter, "since": begin, "until": end}
    rows = (await connection.execute(TOLD, own)).all()
    return [Told(begin=row.begin, end=row.end, reason=Reason(row.reason)) for row in rows]


def _times(table: Table) -> Select[int]:
    time, begin, end = (
        type_coerce(table.c.time, BigInteger),
        *(bindparam(n, type_=BigInteger) for n in ("begin", "end")),
    )
    return select(time).where(*_mine(table), time >= begin, time < end).order_by(time)


def _mine(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.household == bindparam("household"), table.c.meter == bindparam("meter")


MEASURED, LATE = _times(measurement), _times(late_arrival)
TOLD = (
    select(slot_reason.c.begin, slot_reason.c.end, slot_reason.c.reason)
    .where(*_mine(slot_reason), slot_reason.c.begin < bindparam("until"), slot_reason.c.end > bindparam("since"))
    .order_by(slot_reason.c.told_at, slot_reason.c.begin)
)
OWN = meter.alias()
SIBLINGS = (
    select(meter.c.uuid)
    .join(OWN, OWN.c.measurement_device == meter.c.measurement_device)
    .where(OWN.c.uuid == bindparam("meter"), meter.c.uuid != OWN.c.uuid)
)
"""Asked for each meter and month of a data set, and so put together once."""
