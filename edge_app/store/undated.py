"""What was read before the time of day was known: held, dated once it is, or given up when its clock is gone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.consent import ConsentState
from edge_app.model.incident import Cause, Incident
from edge_app.model.measurement import Measurement
from edge_app.model.slot import Grid
from edge_app.model.undated import Undated
from edge_app.store import consents, incidents, measurements, slots

MOST = 14 * 96
"""Undated measurements of a meter that are held; of more, the oldest go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One moment by both clocks, of which one is believed now."""

    boot: str
    tick: float
    """Seconds on the monotonic clock of that start of the machine."""
    now: datetime
    """UTC."""

    def at(self, tick: float) -> datetime:
        return self.now - timedelta(seconds=self.tick - tick)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """What came of it."""

    kept: list[Measurement]
    lost: Counter[UUID]
    """How many of each meter were of an earlier start of the machine, whose clock nobody can ask any more."""


def keep(db: Database, undated: Undated) -> bool:
    """Hold one for its slot of the monotonic clock, unless it has one; once consent is revoked nothing is held."""
    if consents.current(db).state is ConsentState.REVOKED:
        return False
    held = db.execute(
        "insert or ignore into undated (boot, meter, slot, tick, data) values (?, ?, ?, ?, ?)",
        [undated.boot, str(undated.meter), undated.slot, undated.tick, measurements.to_json(undated.data)],
    )
    db.execute(
        "delete from undated where boot = ? and meter = ? and slot <= ?",
        [undated.boot, str(undated.meter), undated.slot - MOST],
    )
    return held.rowcount == 1


def keep_marked(db: Database, measurement: Measurement) -> bool:
    """Keep a measurement whose time was not sure when it was taken, and mark its slot."""
    kept = measurements.keep(db, measurement)
    if kept:
        slots.doubt(db, measurement.meter, measurement.slot)
    return kept


def date(db: Database, anchor: Anchor, grid: Grid) -> Dating:
    """Make marked measurements of what was held since this start; each slot keeps what it has already."""
    granted_at = consents.current(db).granted_at
    kept: list[Measurement] = []
    lost: Counter[UUID] = Counter()
    held = list(db.query("select * from undated order by meter, tick"))
    for row in held:
        meter, at = UUID(row["meter"]), anchor.at(row["tick"])
        if row["boot"] != anchor.boot:
            lost[meter] += 1
        elif granted_at is not None and at >= granted_at:
            data = measurements.to_data(row["data"])
            measurement = Measurement(meter=meter, slot=grid.slot(at), time=at, data=data)
            if keep_marked(db, measurement):
                kept.append(measurement)
    for meter, count in lost.items():
        detail = f"{count} measurements were taken before the time of day was known, and the power failed before it was"
        now = anchor.now
        incidents.note(db, Incident(meter=meter, cause=Cause.CLOCK, detail=detail, began=now, ended=now))
    if held:  # emptying an empty table is a write to the card
        db.execute("delete from undated")
    return Dating(kept=kept, lost=lost)


def count(db: Database) -> int:
    """How many are held."""
    number: int = db.execute("select count(*) from undated").fetchone()[0]
    return number


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from undated")
