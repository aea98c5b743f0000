"""The fittings: which probe was set up at which meter, and how far its set-up has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.consent import ConsentState
from edge_app.store import consents
from edge_app.store.moments import to_micros, to_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A probe on its meter, as a person has set it up."""

    meter: UUID
    model: str
    port: str
    share: float | None = None
    """Share of whole telegrams when the head was placed, 0 to 1."""
    every: float | None = None
    """Seconds from one telegram to the next at that time."""
    heard_at: datetime | None = None
    unlocking: str | None = None
    """How unlocking ended (`Result`); None where it was not tried."""
    confirmed_at: datetime | None = None
    """The moment of a measurement that went to the cloud and came back."""


def fit(db: Database, meter: UUID, model: str, port: str) -> None:
    """Put a probe to a meter; either is taken from where it was before. Once consent is revoked nothing is kept."""
    if consents.current(db).state is ConsentState.REVOKED:
        return
    known = at_port(db, port)
    if known and (known.meter, known.model) == (meter, model):
        return
    db.execute("delete from fitting where meter = ? or port = ?", [str(meter), port])
    db.execute("insert into fitting (meter, model, port) values (?, ?, ?)", [str(meter), model, port])


def heard(db: Database, port: str, *, share: float, every: float, at: datetime) -> None:
    """Note how well the meter is heard."""
    db.execute(
        "update fitting set share = ?, every = ?, heard_at = ? where port = ?", [share, every, to_micros(at), port]
    )


def unlocked(db: Database, port: str, result: str) -> None:
    """Note how unlocking ended."""
    db.execute("update fitting set unlocking = ? where port = ?", [result, port])


def confirmed(db: Database, meter: UUID, at: datetime) -> None:
    """Note that a measurement of this moment has come back from the cloud."""
    db.execute("update fitting set confirmed_at = ? where meter = ?", [to_micros(at), str(meter)])


def all_of_them(db: Database) -> list[Fitting]:
    return [_fitting(row) for row in db.query("select * from fitting order by port")]


def at_port(db: Database, port: str) -> Fitting | None:
    row = next(db.query("select * from fitting where port = ?", [port]), None)
    return _fitting(row) if row else None


def remove(db: Database, port: str) -> None:
    """The probe is no longer at its meter."""
    db.execute("delete from fitting where port = ?", [port])


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from fitting")


def _fitting(row: dict[str, Any]) -> Fitting:
    return Fitting(
        meter=UUID(row["meter"]),
        model=row["model"],
        port=row["port"],
        share=row["share"],
        every=row["every"],
        heard_at=to_moment(row["heard_at"]),
        unlocking=row["unlocking"],
        confirmed_at=to_moment(row["confirmed_at"]),
    )
