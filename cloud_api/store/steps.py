"""A meter's measurements in steps of time: how much its counters went up, and the mean of its powers.

All of it is computed in the database. A step's energy is the difference of the counters of two measurements: that of
the slot with which the step begins, and that of the slot with which the next one begins. Where either is missing, or
the counter went back, the step has no energy. A step's power is the mean of its slots that were measured.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.moments import to_micros, to_moment
from cloud_api.store.schema import measurement
from cloud_api.wire.fields import Code, Step, Value

QUARTER = 15 * 60 * 1_000_000
"""Microseconds of a slot."""
LENGTHS: dict[Step, int] = {"15min": QUARTER, "hour": 4 * QUARTER, "day": 96 * QUARTER}
ENERGY, POWER = "08", "07"
"""Group D of an OBIS code: what it counts up, and what it is at the moment."""
PLACES = 9
"""Decimal places of what is computed: finer than any meter shows, coarser than what binary floating point spoils."""

TIME = type_coerce(measurement.c.time, BigInteger)


async def page(
    connection: AsyncConnection,
    household: UUID,
    meter: UUID,
    *,
    step: Step,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    cursor: datetime | None,
) -> wire.Measurements:
    """The steps that begin from `since` on and before `until`, every gap among them.

    Without the one or the other, they begin or end with the meter's measurements.
    """
    length = LENGTHS[step]
    bounds = await _bounds(connection, household, meter)
    if bounds is None and not (since and until):
        return wire.Measurements(measurements=[], next=None)
    first, last = bounds or (0, 0)
    begin = _up(to_micros(since), length) if since else first - first % length
    end = to_micros(until) if until else last + 1
    if cursor:
        begin = max(begin, _up(to_micros(cursor) + 1, length))
    begins = range(begin, max(begin, end), length)
    shown = begins[:limit]
    found = await _steps(connection, household, meter, shown, length) if shown else {}
    kept = [
        wire.Measurement(meter=meter, time=to_moment(start), data=registers, slots=slots)
        for start in shown
        for slots, registers in [found.get(start, (0, []))]
    ]
    return wire.Measurements(measurements=kept, next=kept[-1].time if len(begins) > limit else None)


async def _bounds(connection: AsyncConnection, household: UUID, meter: UUID) -> tuple[int, int] | None:
    """The first and the last measurement of a meter, each found by the key."""
    mine = (measurement.c.household == household, measurement.c.meter == meter)
    first = await connection.scalar(select(func.min(TIME)).where(*mine))
    last = await connection.scalar(select(func.max(TIME)).where(*mine))
    return None if first is None or last is None else (first, last)


async def _steps(
    connection: AsyncConnection, household: UUID, meter: UUID, shown: range, length: int
) -> dict[int, tuple[int, list[dict[Code, Value]]]]:
    """By its beginning, how many slots of a step were measured and what its registers come to."""
    read = _slots(household, meter, shown[0], shown[-1] + length + QUARTER)
    start = (read.c.slot - read.c.slot % length).label("start")
    inside = read.c.slot < shown[-1] + length
    counted = select(start, func.count()).where(inside).group_by(start)
    slots = {row[0]: row[1] for row in (await connection.execute(counted)).all()}

    values = _values(read, connection.dialect.name)
    energy = _energy(values, length)
    power = _power(values, length, before=shown[-1] + length)
    registers: defaultdict[int, list[dict[Code, Value]]] = defaultdict(list)
    for row in (await connection.execute(energy.union_all(power).order_by("start", "code"))).all():
        registers[row.start].append({row.code: _value(row.value)})
    return {begin: (number, registers[begin]) for begin, number in slots.items()}


def _slots(household: UUID, meter: UUID, begin: int, end: int) -> Subquery:
    """The first measurement of each slot, which is the one that belongs to it."""
    slot = (TIME - TIME % QUARTER).label("slot")
    return (
        select(slot, measurement.c.data, func.row_number().over(partition_by=slot, order_by=TIME).label("place"))
        .where(measurement.c.household == household, measurement.c.meter == meter, begin <= TIME, end > TIME)
        .subquery("every")
        .select()
        .where(literal_column("place") == 1)
        .subquery("slots")
    )


def _values(read: Subquery, dialect: str) -> Subquery:
    """A row for each register of each slot; SQLite and PostgreSQL take JSON apart in their own ways."""
    if dialect == "postgresql":
        entries = func.jsonb_array_elements(cast(read.c.data, JSONB)).table_valued("value").lateral("entry")
        registers = func.jsonb_each(entries.c.value).table_valued("key", "value").lateral("register")
        value: ColumnElement[Any] = cast(cast(registers.c.value, Text), Numeric)
    else:
        entries = func.json_each(read.c.data).table_valued("value", name="entry")
        registers = func.json_each(entries.c.value).table_valued("key", "value", name="register")
        value = registers.c.value
    return (
        select(read.c.slot, registers.c.key.label("code"), value.label("value"))
        .select_from(read.join(entries, true()).join(registers, true()))
        .subquery("registers")
    )


def _energy(values: Subquery, length: int) -> Any:
    code, slot, value = values.c.code, values.c.slot, values.c.value
    following = func.lead(slot).over(partition_by=code, order_by=slot)
    rise = func.lead(value).over(partition_by=code, order_by=slot) - value
    at_ends = (
        select(
            values.c.slot.label("start"), values.c.code, case((following == values.c.slot + length, rise)).label("rise")
        )
        .where(values.c.slot % length == 0, func.substr(values.c.code, 7, 2) == ENERGY)
        .subquery("rises")
    )
    return select(at_ends.c.start, at_ends.c.code, func.round(at_ends.c.rise, PLACES).label("value")).where(
        at_ends.c.rise >= 0
    )


def _power(values: Subquery, length: int, *, before: int) -> Any:
    start = (values.c.slot - values.c.slot % length).label("start")
    return (
        select(start, values.c.code, func.round(func.avg(values.c.value), PLACES).label("value"))
        .where(values.c.slot < before, func.substr(values.c.code, 7, 2) == POWER)
        .group_by(start, values.c.code)
    )


def _value(computed: float | Decimal) -> Value:
    return Value(Decimal(repr(computed)) if isinstance(computed, float) else computed.normalize())


def _up(moment: int, length: int) -> int:
    """The beginning of a step at a moment or after it."""
    return -(-moment // length) * length
