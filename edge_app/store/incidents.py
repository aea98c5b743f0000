"""The incidents of meters, with begin and end, and what the cloud has not heard of them yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.consent import ConsentState
from edge_app.model.incident import Cause, Incident, Kind
from edge_app.store import consents
from edge_app.store.moments import to_micros, to_moment


class Step(StrEnum):
    """What the cloud is told of an incident."""

    REPORT = "report"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One thing that the cloud has not heard yet."""

    seq: int
    step: Step
    incident: Incident


def begin(db: Database, incident: Incident) -> bool:
    """Open an incident, unless its meter has one of that kind, or consent is revoked; returns whether it was opened."""
    if _open(db, incident.meter, incident.kind) or consents.current(db).state is ConsentState.REVOKED:
        return False
    inserted = db.execute(
        "insert into incident (meter, kind, cause, detail, began) values (?, ?, ?, ?, ?)",
        [str(incident.meter), incident.kind, incident.cause, incident.detail, to_micros(incident.began)],
    )
    _announce(db, inserted.lastrowid, Step.REPORT)
    return True


def end(db: Database, meter: UUID, kind: Kind, at: datetime) -> Incident | None:
    """Close the open incident of a kind; returns it."""
    row = _open(db, meter, kind)
    if row is None:
        return None
    ended = max(to_micros(at), row["began"])  # the time of day may have been set back meanwhile
    db.execute("update incident set ended = ? where seq = ?", [ended, row["seq"]])
    _announce(db, row["seq"], Step.RESOLVE)
    return _to_incident(row | {"ended": ended})


def note(db: Database, incident: Incident) -> bool:
    """Note one that is over already, unless its meter has an open one of that kind, or consent is revoked."""
    if incident.ended is None or not begin(db, incident):
        return False
    end(db, incident.meter, incident.kind, incident.ended)
    return True


def open_now(db: Database) -> list[Incident]:
    """Those that last, oldest first."""
    return [_to_incident(row) for row in db.query("select * from incident where ended is null order by seq")]


def lasting(db: Database) -> list[tuple[Incident, bool]]:
    """The same, each with whether the cloud has heard of it."""
    rows = db.query(
        """
        select incident.*, exists (
            select 1 from announcement where announcement.incident = incident.seq and step = 'report'
        ) as unheard
        from incident where ended is null order by seq
        """
    )
    return [(_to_incident(row), not row["unheard"]) for row in rows]


def next_announcement(db: Database) -> Announcement | None:
    """The oldest thing that the cloud has neither heard nor refused to hear."""
    rows = db.query(
        """
        select announcement.seq as number, announcement.step, incident.*
        from announcement join incident on incident.seq = announcement.incident
        where refused is null order by announcement.seq limit 1
        """
    )
    row = next(rows, None)
    return Announcement(seq=row["number"], step=Step(row["step"]), incident=_to_incident(row)) if row else None


def acknowledge(db: Database, seq: int) -> None:
    """The cloud has heard it."""
    db.execute("delete from announcement where seq = ?", [seq])


def set_aside(db: Database, seq: int, reason: str) -> None:
    """The cloud refuses to hear it; it stays here, for somebody to look at."""
    db.execute("update announcement set refused = ? where seq = ?", [reason, seq])


def forget_ended(db: Database, before: datetime) -> None:
    """Forget what was over before a moment."""
    over = to_micros(before)
    db.execute("delete from announcement where incident in (select seq from incident where ended < ?)", [over])
    db.execute("delete from incident where ended < ?", [over])


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from announcement")
    db.execute("delete from incident")


def _open(db: Database, meter: UUID, kind: Kind) -> dict[str, Any] | None:
    found = db.query("select * from incident where meter = ? and kind = ? and ended is null", [str(meter), kind])
    return next(found, None)


def _announce(db: Database, incident: int | None, step: Step) -> None:
    db.execute("insert into announcement (incident, step) values (?, ?)", [incident, step])


def _to_incident(row: dict[str, Any]) -> Incident:
    return Incident(
        meter=UUID(row["meter"]),
        cause=Cause(row["cause"]),
        detail=row["detail"],
        began=to_moment(row["began"]),
        ended=to_moment(row["ended"]),
    )
