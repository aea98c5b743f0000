"""One meter's measurements over some slots, with the neighbours that the steps at both ends need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, ColumnElement, Row, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.dataset.steps import Ints
from cloud_api.store.ledgers import LENGTH
from cloud_api.store.schema import measurement

TIME = type_coerce(measurement.c.time, BigInteger)
AROUND = 8
"""Measurements that are looked at before and after; several may lie in one slot, and one before and two after count."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stretch:
    """Measurements in the order of time: some before, those of the stretch, some after."""

    times: Ints
    data: Sequence[str]
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
    """From one moment on and before another, in microseconds; what lies at `until` or later is not looked at."""
    query = select(TIME, measurement.c.data).where(
        measurement.c.household == household, measurement.c.meter == meter, until > TIME
    )

    async def read(
        *where: ColumnElement[bool], limit: int | None = None, descending: bool = False
    ) -> Sequence[Row[Any]]:
        ordered = query.where(*where).order_by(TIME.desc() if descending else TIME).limit(limit)
        return (await connection.execute(ordered)).all()

    inside = await read(begin <= TIME, end > TIME)
    before = list(reversed(await read(begin > TIME, limit=AROUND, descending=True))) if inside else []
    after = await read(end <= TIME, limit=AROUND) if inside else []
    rows = [*before, *inside, *after]
    return Stretch(
        times=np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows)),
        data=[row[1] for row in rows],
        before=len(before),
        inside=len(inside),
    )
