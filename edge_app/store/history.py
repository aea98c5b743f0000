"""What was measured of one meter, over time."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.measurement import Measurement
from edge_app.store.measurements import to_measurement
from edge_app.store.moments import to_micros


def between(db: Database, meter: UUID, begin: datetime, end: datetime) -> list[Measurement]:
    """Its measurements of the slots from one moment on and before another, oldest first."""
    rows = db.query(
        "select * from measurement where meter = ? and slot >= ? and slot < ? order by slot",
        [str(meter), to_micros(begin), to_micros(end)],
    )
    return [to_measurement(row) for row in rows]


def first_since(db: Database, meter: UUID, begin: datetime) -> Measurement | None:
    """Its first measurement of a slot that begins at a moment or later."""
    rows: Iterator[dict[str, object]] = db.query(
        "select * from measurement where meter = ? and slot >= ? order by slot limit 1", [str(meter), to_micros(begin)]
    )
    return next(map(to_measurement, rows), None)
