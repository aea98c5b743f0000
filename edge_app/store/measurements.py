"""The measurements on the device: kept, sent, set aside, forgotten."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.measurement import Measurement
from edge_app.model.obis import Obis
from edge_app.store.moments import to_micros, to_moment


def keep(db: Database, measurement: Measurement) -> bool:
    """Keep the measurement of a slot, unless the slot has one: the first stays, wherever the clock jumps.

    Slots up to the newest forgotten one count as filled; once consent is revoked nothing is kept at all.
    """
    meter, slot = str(measurement.meter), to_micros(measurement.slot)
    kept = db.execute(
        """
        insert into measurement (meter, slot, time, data)
        select :meter, :slot, :time, :data
        where not exists (select 1 from forgotten where meter = :meter and slot >= :slot)
          and not exists (select 1 from consent where state = 'revoked')
        on conflict (meter, slot) do nothing
        """,
        {"meter": meter, "slot": slot, "time": to_micros(measurement.time), "data": to_json(measurement.data)},
    )
    return kept.rowcount == 1


def unconfirmed(db: Database, *, limit: int) -> list[tuple[int, Measurement]]:
    """The oldest measurements that the cloud has not said it holds, each with its number in the queue."""
    rows = db.query(
        """
        select * from measurement
        where seq > (select coalesce(max(upto), 0) from confirmation) and seq not in (select seq from set_aside)
        order by seq limit ?
        """,
        [limit],
    )
    return [(row["seq"], to_measurement(row)) for row in rows]


def waiting(db: Database) -> int:
    """How many measurements the cloud has not said it holds."""
    return _number(
        db,
        """
        select count(*) from measurement
        where seq > (select coalesce(max(upto), 0) from confirmation) and seq not in (select seq from set_aside)
        """,
    )


def kept_count(db: Database) -> int:
    """How many there are on the device."""
    return _number(db, "select count(*) from measurement")


def confirm(db: Database, seq: int, at: datetime) -> None:
    """Note that from now on the cloud holds every measurement up to this one, except those set aside."""
    db.execute(
        """
        insert into confirmation (upto, at) select :seq, :at
        where :seq > (select coalesce(max(upto), 0) from confirmation)
        """,
        {"seq": seq, "at": to_micros(at)},
    )


def set_aside(db: Database, seqs: Sequence[int], reason: str, at: datetime) -> None:
    """Take measurements that the cloud refuses out of the queue; they stay here, for somebody to look at."""
    db.execute(
        """
        insert or ignore into set_aside (seq, reason, at)
        select seq, ?, ? from measurement where seq in (select value from json_each(?))
        """,
        [reason, to_micros(at), json.dumps(list(seqs))],
    )


def set_aside_count(db: Database) -> int:
    return _number(db, "select count(*) from set_aside")


def latest(db: Database) -> dict[UUID, Measurement]:
    """What was kept last of each meter."""
    rows = db.query("select * from measurement where seq in (select max(seq) from measurement group by meter)")
    return {measurement.meter: measurement for measurement in map(to_measurement, rows)}


def forget_acknowledged(db: Database, before: datetime) -> int:
    """Forget what the cloud has held since before a moment; returns how many."""
    rows = db.execute(
        """
        select seq from measurement
        where seq <= (select max(upto) from confirmation where at < ?) and seq not in (select seq from set_aside)
        """,
        [to_micros(before)],
    ).fetchall()
    return _forget(db, [seq for (seq,) in rows])


def forget_oldest(db: Database, *, limit: int, acknowledged: bool) -> int:
    """Make room: forget the oldest of those that the cloud holds, or of all; returns how many."""
    rows = db.execute(
        """
        select seq from measurement
        where not :acknowledged
           or (seq <= (select max(upto) from confirmation) and seq not in (select seq from set_aside))
        order by seq limit :limit
        """,
        {"acknowledged": acknowledged, "limit": limit},
    ).fetchall()
    return _forget(db, [seq for (seq,) in rows])


def offer_again(db: Database, since: datetime) -> None:
    """Put the mark back before the first measurement of a moment or later: a restored cloud may lack it.

    Not while a batch is under way, whose confirmation would put the mark forward again.
    """
    (first,) = db.execute("select min(seq) from measurement where time >= ?", [to_micros(since)]).fetchone()
    if first is None:
        return
    undone = db.execute("select upto, at from confirmation where upto >= ? order by upto", [first]).fetchall()
    if undone:
        db.execute("delete from confirmation where upto >= ?", [first])
        db.execute("insert or ignore into confirmation (upto, at) values (?, ?)", [first - 1, undone[0][1]])


def forget_all(db: Database) -> None:
    """Consent is revoked: what was measured leaves the device, sent or not."""
    for table in ("measurement", "set_aside", "confirmation", "forgotten"):
        db.execute(f"delete from {table}")  # noqa: S608  # the four names stand in the line above


def _forget(db: Database, seqs: list[int]) -> int:
    gone = [json.dumps(seqs)]
    db.execute(
        """
        insert into forgotten (meter, slot)
        select meter, max(slot) from measurement where seq in (select value from json_each(?)) group by meter
        on conflict (meter) do update set slot = max(slot, excluded.slot)
        """,
        gone,
    )
    db.execute("delete from set_aside where seq in (select value from json_each(?))", gone)
    db.execute("delete from measurement where seq in (select value from json_each(?))", gone)
    # Confirmations that no measurement stands below any more, except the last one, which is the mark.
    db.execute("""
        delete from confirmation
        where upto < (select max(upto) from confirmation)
          and not exists (select 1 from measurement where seq <= upto)
    """)
    return len(seqs)


def _number(db: Database, sql: str) -> int:
    number: int = db.execute(sql).fetchone()[0]
    return number


def to_json(data: Mapping[Obis, Decimal]) -> str:
    """Numbers as text, so that each digit comes back."""
    return json.dumps({code.hex: str(value) for code, value in data.items()})


def to_data(text: str) -> dict[Obis, Decimal]:
    return {Obis(code): Decimal(value) for code, value in json.loads(text).items()}


def to_measurement(row: dict[str, Any]) -> Measurement:
    return Measurement(
        meter=UUID(row["meter"]),
        slot=to_moment(row["slot"]),
        time=to_moment(row["time"]),
        data=to_data(row["data"]),
    )
