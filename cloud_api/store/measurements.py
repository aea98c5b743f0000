"""Measurements: stored once, given back digit for digit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.fields import Code, Value
from cloud_api.json_exact import decode, encode
from cloud_api.store.schema import measurement, meter

REGISTERS = list[dict[Code, Value]]


async def unknown(connection: AsyncConnection, household: UUID, meters: set[UUID]) -> set[UUID]:
    """Those that are no meters of the household."""
    query = select(meter.c.uuid).where(meter.c.household == household, meter.c.uuid.in_(meters))
    return meters - set((await connection.scalars(query)).all())


async def add(connection: AsyncConnection, household: UUID, drafts: Sequence[wire.MeasurementDraft]) -> int:
    """How many were new; of two for the same meter and time the first stays."""
    rows = [
        {
            "household": household,
            "meter": draft.meter,
            "time": draft.time,
            "data": encode(draft.data).decode(),
        }
        for draft in drafts
    ]
    statement = insert(measurement).on_conflict_do_nothing().returning(measurement.c.time)
    return len((await connection.execute(statement, rows)).all())


async def page(
    connection: AsyncConnection,
    household: UUID,
    meter: UUID,
    *,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    cursor: datetime | None,
) -> wire.Measurements:
    """One meter's measurements from `since` on and before `until`, oldest first, after the cursor."""
    query = (
        select(measurement.c.meter, measurement.c.time, measurement.c.data)
        .where(measurement.c.household == household, measurement.c.meter == meter)
        .order_by(measurement.c.time)
        .limit(limit + 1)
    )
    if since:
        query = query.where(measurement.c.time >= since)
    if until:
        query = query.where(measurement.c.time < until)
    if cursor:
        query = query.where(measurement.c.time > cursor)
    rows = (await connection.execute(query)).all()
    kept = [
        wire.Measurement(meter=row.meter, time=row.time, data=decode(row.data.encode(), REGISTERS))
        for row in rows[:limit]
    ]
    return wire.Measurements(measurements=kept, next=kept[-1].time if len(rows) > limit else None)
