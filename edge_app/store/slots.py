"""The device's part of the slot ledger: which slots have no measurement, why, and what the cloud knows of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.incident import Cause, Kind
from edge_app.model.missing import OF_CAUSE, Missing, Reason
from edge_app.model.slot import Grid
from edge_app.store import consents
from edge_app.store.moments import to_micros, to_moment

KEPT = timedelta(days=14)
"""How far back is looked, which is as long as measurements are kept that the cloud holds."""


NOTED_EVERY = timedelta(hours=1)
"""How often it is written to the card how far was looked, while nothing is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """From when on the service has run, and from when on it has known the time of day."""

    started: datetime
    believed: datetime


def book(db: Database, meter: UUID, *, until: datetime, length: timedelta, since: Since) -> None:
    """Note why each slot that is over has no measurement, from the last one that was looked at to `until`."""
    begin, new = _begin(db, meter, until, length)
    noted = new
    for slot in _slots(begin, until, length):
        if not _filled(db, meter, slot):
            reason = Reason.CONSENT_OFF if new and slot < since.believed else _why(db, meter, slot, length, since)
            _note(db, meter, slot, reason)
            noted = True
    if noted or until - begin >= NOTED_EVERY:  # slots that were filled may be looked at twice, which writes nothing
        db.execute("insert or replace into booked (meter, upto) values (?, ?)", [str(meter), to_micros(until)])


def book_all(db: Database, meters: Collection[UUID], *, until: datetime, length: timedelta, since: Since) -> None:
    """The same for several meters, in one write to the card."""
    for meter in meters:
        book(db, meter, until=until, length=length, since=since)


def doubt(db: Database, meter: UUID, slot: datetime) -> None:
    """Mark a slot that has a measurement: when that was taken was not known at the time."""
    _note(db, meter, slot, Reason.CLOCK_NOT_SET)


def untold(db: Database, *, length: timedelta, limit: int) -> list[Missing]:
    """The oldest of what the cloud has not heard, slots one after another together."""
    found: list[Missing] = []
    for row in db.query("select * from missing where not told order by meter, slot limit ?", [limit]):
        meter, slot, reason = UUID(row["meter"]), to_moment(row["slot"]), Reason(row["reason"])
        last = found[-1] if found else None
        if last and (last.meter, last.end, last.reason) == (meter, slot, reason):
            found[-1] = Missing(meter=meter, begin=last.begin, end=slot + length, reason=reason)
        else:
            found.append(Missing(meter=meter, begin=slot, end=slot + length, reason=reason))
    return found


def told(db: Database, heard: list[Missing]) -> None:
    """The cloud has heard it."""
    for each in heard:
        db.execute(
            "update missing set told = 1 where meter = ? and slot >= ? and slot < ?",
            [str(each.meter), to_micros(each.begin), to_micros(each.end)],
        )


def asked(db: Database, meter: UUID, begin: datetime, end: datetime, *, length: timedelta) -> datetime | None:
    """The cloud lacks these slots: what is known of them is to be told again.

    Returns the moment of the first measurement among them, which is to be sent again; None without one.
    """
    for slot in _slots(begin, end, length):
        if not _measured(db, meter, slot):
            known = db.execute("update missing set told = 0 where meter = ? and slot = ?", _key(meter, slot))
            if not known.rowcount:
                _note(db, meter, slot, Reason.UNKNOWN)
    first: int | None = db.execute(
        "select min(time) from measurement where meter = ? and slot >= ? and slot < ?",
        [str(meter), to_micros(begin), to_micros(end)],
    ).fetchone()[0]
    return to_moment(first)


def forget_old(db: Database, before: datetime) -> None:
    db.execute("delete from missing where slot < ?", [to_micros(before)])


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from missing")
    db.execute("delete from booked")


def _begin(db: Database, meter: UUID, until: datetime, length: timedelta) -> tuple[datetime, bool]:
    """The first slot to look at, and whether none of the meter was looked at before."""
    row = db.execute("select upto from booked where meter = ?", [str(meter)]).fetchone()
    if row:
        return max(to_moment(row[0]), until - KEPT), False
    granted_at = consents.current(db).granted_at
    if granted_at is None:
        return until, True
    return max(Grid(length).slot(granted_at) + length, until - KEPT), True


def _slots(begin: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += length


def _filled(db: Database, meter: UUID, slot: datetime) -> bool:
    forgotten = db.execute("select 1 from forgotten where meter = ? and slot >= ?", _key(meter, slot)).fetchone()
    return bool(forgotten) or _measured(db, meter, slot)


def _measured(db: Database, meter: UUID, slot: datetime) -> bool:
    return bool(db.execute("select 1 from measurement where meter = ? and slot = ?", _key(meter, slot)).fetchone())


def _why(db: Database, meter: UUID, slot: datetime, length: timedelta, since: Since) -> Reason:
    if slot < since.started:
        return Reason.DEVICE_OFF
    if slot < since.believed:
        return Reason.CLOCK_NOT_SET
    row = db.execute(
        """
        select cause from incident
        where meter = ? and kind = ? and began < ? and (ended is null or ended > ?)
        order by began desc limit 1
        """,
        [str(meter), Kind.SERIAL_PORT_UNAVAILABLE, to_micros(slot + length), to_micros(slot)],
    ).fetchone()
    return OF_CAUSE[Cause(row[0])] if row else Reason.METER_SILENT


def _note(db: Database, meter: UUID, slot: datetime, reason: Reason) -> None:
    db.execute("insert or ignore into missing (meter, slot, reason) values (?, ?, ?)", [*_key(meter, slot), reason])


def _key(meter: UUID, slot: datetime) -> list[str | int]:
    return [str(meter), to_micros(slot)]
