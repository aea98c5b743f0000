"""When the cloud last answered and what went wrong since, for the status page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from edge_app.store.measurements import set_aside_count, waiting
from edge_app.store.moments import to_micros, to_moment

A_WHILE = timedelta(minutes=50)
"""How long an answer is not noted anew; uploads, one an hour, are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the device stands with the cloud."""

    answered_at: datetime | None
    """When the cloud last answered as it should, give or take a while."""
    error: str | None
    """What has gone wrong since, in plain words."""
    error_at: datetime | None
    waiting: int
    """Measurements that the cloud does not hold yet."""
    set_aside: int
    """Measurements that the cloud refuses."""


def answered(db: Database, at: datetime) -> None:
    """Note that it did; once in a while is enough while nothing is wrong, for each note is a write to the card."""
    db.execute(
        """
        update contact set answered_at = :at, error = null, error_at = null
        where error is not null or answered_at is null or abs(:at - answered_at) >= :while
        """,
        {"at": to_micros(at), "while": A_WHILE // timedelta(microseconds=1)},
    )


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
