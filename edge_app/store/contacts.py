"""When the cloud last answered and what went wrong since, for the status page."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from edge_app.store.measurements import set_aside_count, waiting
from edge_app.store.moments import to_micros, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the device stands with the cloud."""

    answered_at: datetime | None
    """When the cloud last answered as it should."""
    error: str | None
    """What has gone wrong since, in plain words."""
    error_at: datetime | None
    waiting: int
    """Measurements that the cloud does not hold yet."""
    set_aside: int
    """Measurements that the cloud refuses."""


def answered(db: Database, at: datetime) -> None:
    db.execute("update contact set answered_at = ?, error = null, error_at = null", [to_micros(at)])


def failed(db: Database, error: str, at: datetime) -> None:
    db.execute("update contact set error = ?, error_at = ?", [error, to_micros(at)])


def latest(db: Database) -> datetime | None:
    """The last moment that is known to have been: of an answer of the cloud, or of a measurement."""
    micros: int | None = db.execute(
        "select max(at) from (select answered_at as at from contact union all select time from measurement)"
    ).fetchone()[0]
    return to_moment(micros)


def status(db: Database) -> Status:
    row = next(db.query("select * from contact"))
    return Status(
        answered_at=to_moment(row["answered_at"]),
        error=row["error"],
        error_at=to_moment(row["error_at"]),
        waiting=waiting(db),
        set_aside=set_aside_count(db),
    )
