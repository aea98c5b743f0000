"""Measurements: stored once, given back digit for digit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Text, Uuid, and_, bindparam, func, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.moments import Moment, to_micros
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

    @property
    def stored(self) -> tuple[str, str, int, str]:
        """The row as SQLite holds it."""
        return self.household.hex, self.meter.hex, to_micros(self.time), self.data


# SQLite gives way to other threads at each row that goes in or comes out one by one, so all go in by one text, and only
# those come out that were there before: the transaction is the only one that writes.
_TEXT = func.json_each(bindparam("rows", type_=Text)).table_valued("value", name="row")
_FIELDS = [func.json_extract(_TEXT.c.value, f"$[{place}]") for place in range(len(NAMES))]
_KNOWN = select(*KEY).join(
    _TEXT, and_(*(column == field for column, field in zip(KEY, _FIELDS[: len(KEY)], strict=True)))
)
_ROWS = sqlite.insert(measurement).from_select(NAMES, select(*_FIELDS).where(true())).on_conflict_do_nothing()
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


def add(connection: Connection, rows: Sequence[Row]) -> set[Key]:
    """The keys that were new; of two for the same meter and time the first stays.

    Rows go in by the order of their keys: two transactions that bring the same ones wait for each other and never in a
    circle.
    """
    if not rows:
        return set()
    if connection.dialect.name == "postgresql":
        columns = dict(zip(NAMES, map(list, zip(*sorted(rows, key=_order), strict=True)), strict=True))
        return {(household, meter, time) for household, meter, time in connection.execute(_ARRAYS, columns)}
    text = {"rows": encode([row.stored for row in rows]).decode()}
    known = {(household, meter, time) for household, meter, time in connection.execute(_KNOWN, text)}
    connection.execute(_ROWS, text)
    return {row.key for row in rows} - known


def _order(row: Row) -> tuple[int, int, datetime]:
    return row.household.int, row.meter.int, row.time


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
