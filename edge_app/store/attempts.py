"""The attempts to enter a PIN: each is noted before its first light, so that none is made twice, whatever happens."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from edge_app.store.moments import to_micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One entry of a PIN."""

    result: str | None
    """How unlocking ended; None for an attempt that did not come to its end."""
    worked: bool
    pardoned: bool
    """Whether a person has asked since to try again."""


def begin(db: Database, token: str, at: datetime) -> int:
    """Note that the PIN of a token is about to be entered; returns the attempt's number."""
    inserted = db.execute("insert into attempt (token, began) values (?, ?)", [token, to_micros(at)])
    assert inserted.lastrowid is not None  # noqa: S101  # an insert has one
    return inserted.lastrowid


def finish(db: Database, seq: int, *, result: str, worked: bool) -> None:
    db.execute("update attempt set result = ?, worked = ? where seq = ?", [result, worked, seq])


def withdraw(db: Database, seq: int) -> None:
    """It came to no light: there was no attempt."""
    db.execute("delete from attempt where seq = ?", [seq])


def made(db: Database, token: str) -> list[Attempt]:
    """All attempts with the PIN of a token, in their order."""
    rows = db.query(
        """
        select result, worked, seq <= pardoned as pardoned from attempt join pin using (token)
        where token = ? order by seq
        """,
        [token],
    )
    return [Attempt(result=row["result"], worked=bool(row["worked"]), pardoned=bool(row["pardoned"])) for row in rows]
