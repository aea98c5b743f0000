"""One meter's measurements over some slots, with the neighbours that the steps at both ends need."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Select, Text, bindparam, cast, func, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.dataset.steps import Ints
from cloud_api.store.ledgers import LENGTH
from cloud_api.store.schema import measurement

TIME = type_coerce(measurement.c.time, BigInteger)
AROUND = 8
"""Measurements that are looked at before and after; several may lie in one slot, and one before and two after count."""
BETWEEN = "\n"
"""Between the registers of one measurement and those of the next; the store writes none into them."""


def _texts() -> Select[str, str]:
    """The question for a stretch. Of several bounds SQLite may look for any, so each part has no more than it needs."""
    begin, end, until = (bindparam(name, type_=BigInteger) for name in ("begin", "end", "until"))
    mine = select(TIME.label("time"), measurement.c.data).where(
        measurement.c.household == bindparam("household"), measurement.c.meter == bindparam("meter")
    )
    parts = (
        mine.where(begin > TIME).order_by(TIME.desc()).limit(AROUND),
        mine.where(begin <= TIME, end > TIME),
        mine.where(end <= TIME, until > TIME).order_by(TIME).limit(AROUND),
    )
    rows = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(func.aggregate_strings(cast(rows.c.time, Text), ","), func.aggregate_strings(rows.c.data, BETWEEN))


TEXTS = _texts()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stretch:
    """Measurements in the order of time: some before, those of the stretch, some after."""

    times: Ints
    data: pa.StringArray
    before: int
    inside: int

    @property
    def firsts(self) -> npt.NDArray[np.intp]:
        """The places of the measurements that come first in their slot, which are those that belong to it."""
        slots = self.times // LENGTH
        return np.flatnonzero(np.diff(slots, prepend=-1))


async def stretch(
    connection: AsyncConnection, household: UUID, meter: UUID, *, begin: int, end: int, until: int
) -> Stretch:
    """From one moment on and before another, in microseconds; what lies at `until` or later is not looked at.

    The database hands all of it over as two texts, which takes a fraction of the time that it takes row by row.
    """
    own = {"household": household, "meter": meter, "begin": begin, "end": end, "until": until}
    moments, data = (await connection.execute(TEXTS, own)).one()
    return _ordered(moments, data, begin=begin, end=end)


def _ordered(moments: str | None, data: str | None, *, begin: int, end: int) -> Stretch:
    """What the database put together, in an order of its own."""
    if not (moments and data):
        return Stretch(times=np.zeros(0, dtype=np.int64), data=pa.array([], type=pa.string()), before=0, inside=0)
    times: Ints = np.fromstring(moments, dtype=np.int64, sep=",")
    order = np.argsort(times, kind="stable")
    times = times[order]
    before, inside = np.searchsorted(times, [begin, end]).tolist()
    return Stretch(
        times=times,
        data=pc.list_flatten(pc.split_pattern(pa.array([data]), BETWEEN)).take(pa.array(order)),
        before=before,
        inside=inside - before,
    )
