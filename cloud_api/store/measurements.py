"""Measurements: stored once, given back digit for digit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.moments import Moment
from cloud_api.store.schema import measurement, meter
from cloud_api.wire.fields import Code, Value
from cloud_api.wire.json_exact import decode, encode

REGISTERS = list[dict[Code, Value]]
KEY = (measurement.c.household, measurement.c.meter, measurement.c.time)
NAMES = ("household", "meter", "time", "data")
Key = tuple[UUID, UUID, datetime]


class Row(NamedTuple):
    """A measurement as it is stored; rows are in order by their keys."""

    household: UUID
    meter: UUID
    time: datetime
    data: str

    @classmethod
    def of(cls, household: UUID, draft: wire.MeasurementDraft) -> "Row":
        return cls(household, draft.meter, draft.time, encode(draft.data).decode())

    @property
    def key(self) -> Key:
        return self[:3]


_ROWS = sqlite.insert(measurement).on_conflict_do_nothing().returning(*KEY)
_ARRAYS = (  # one text however many rows there are, so that it is planned once
    postgresql.insert(measurement)
    .from_select(
        NAMES,
        select(
            func.unnest(
                *(
                    bindparam(name, type_=postgresql.ARRAY(kind))
                    for name, kind in zip(NAMES, (Uuid, Uuid, Moment, Text), strict=True)
                )
            )
            .table_valued(*NAMES)
            .render_derived()
        ),
    )
    .on_conflict_do_nothing()
    .returning(*KEY)
)


async def unknown(connection: AsyncConnection, household: UUID, meters: set[UUID]) -> set[UUID]:
    """Those that are no meters of the household."""
    query = select(meter.c.uuid).where(meter.c.household == household, meter.c.uuid.in_(meters))
    return meters - set((await connection.scalars(query)).all())


async def add(connection: AsyncConnection, rows: Sequence[Row]) -> set[Key]:
    """The keys that were new; of two for the same meter and time the first stays.

    Rows go in by the order of their keys: two transactions that bring the same ones wait for each other and never in a
    circle.
    """
    if not rows:
        return set()
    ordered = sorted(rows)
    if connection.dialect.name == "postgresql":
        columns = dict(zip(NAMES, map(list, zip(*ordered, strict=True)), strict=True))
        added = await connection.execute(_ARRAYS, columns)
    else:
        added = await connection.execute(_ROWS, [row._asdict() for row in ordered])
    return {(household, meter, time) for household, meter, time in added}


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
