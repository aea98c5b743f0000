"""What the cloud last said to a question, so that the pages have something to show at once and while it is away."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from edge_app.store.moments import to_micros, to_moment

MOST = 500
"""Answers that are kept; of more, the oldest go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, JSON, and when it came."""

    text: str
    at: datetime


def keep(db: Database, name: str, text: str, at: datetime) -> None:
    db.execute("insert or replace into answer (name, text, at) values (?, ?, ?)", [name, text, to_micros(at)])
    db.execute("delete from answer where name in (select name from answer order by at desc limit -1 offset ?)", [MOST])


def kept(db: Database, name: str) -> Answer | None:
    row = next(db.query("select * from answer where name = ?", [name]), None)
    return Answer(text=row["text"], at=to_moment(row["at"])) if row else None


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from answer")
