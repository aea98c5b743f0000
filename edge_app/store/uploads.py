"""What left this house: each upload of measurements, word for word, for 90 days."""

import gzip
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from edge_app.store.moments import to_micros, to_moment

KEPT = timedelta(days=90)
MOST = 10_000
"""Uploads that are kept, four times those of 90 days; a device that is in a hurry does not fill its disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One upload that the cloud has acknowledged."""

    seq: int
    at: datetime
    measurements: int
    size: int
    """Bytes on the wire, before encryption."""


def note(db: Database, content: bytes, measurements: int, at: datetime) -> None:
    """Note an upload by its body, as it was sent (gzip); those that were kept long enough go."""
    db.execute(
        "insert into upload (at, measurements, size, content) values (?, ?, ?, ?)",
        [to_micros(at), measurements, len(content), content],
    )
    db.execute(
        "delete from upload where at < ? or seq <= (select max(seq) from upload) - ?", [to_micros(at - KEPT), MOST]
    )


def page(db: Database, *, before: int | None, limit: int) -> list[Upload]:
    """The newest uploads, or those before one of them."""
    rows = db.query(
        """
        select seq, at, measurements, size from upload
        where ? is null or seq < ? order by seq desc limit ?
        """,
        [before, before, limit],
    )
    return [Upload(**row | {"at": to_moment(row["at"])}) for row in rows]


def content(db: Database, seq: int) -> tuple[Upload, bytes] | None:
    """An upload, and the JSON that was in it."""
    row = next(db.query("select * from upload where seq = ?", [seq]), None)
    if row is None:
        return None
    upload = Upload(seq=seq, at=to_moment(row["at"]), measurements=row["measurements"], size=row["size"])
    return upload, gzip.decompress(row["content"])


def count(db: Database) -> int:
    number: int = db.execute("select count(*) from upload").fetchone()[0]
    return number


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from upload")
