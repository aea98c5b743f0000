"""What the revocation removed from this device: numbers alone, for the confirmation that stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from edge_app.store import uploads
from edge_app.store.measurements import waiting
from edge_app.store.moments import to_micros, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """How much was removed, and when."""

    at: datetime
    measurements: int
    unsent: int
    """Those among them that the cloud did not hold, and never will."""
    uploads: int


def write(db: Database, at: datetime) -> None:
    """Count what is about to be removed; what was counted once stays."""
    measurements = db.execute("select count(*) from measurement").fetchone()[0]
    db.execute(
        "insert or ignore into farewell (id, at, measurements, unsent, uploads) values (1, ?, ?, ?, ?)",
        [to_micros(at), measurements, waiting(db), uploads.count(db)],
    )


def written(db: Database) -> Farewell | None:
    row = next(db.query("select at, measurements, unsent, uploads from farewell"), None)
    return Farewell(**row | {"at": to_moment(row["at"])}) if row else None
