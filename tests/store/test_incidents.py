"""An incident is opened once and closed once, and the cloud hears of both in their order."""

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from edge_app.model.incident import Cause, Incident, Kind
from edge_app.store import consents, incidents
from edge_app.store.incidents import Step
from tests.store.values import CELLAR, GRANTED, QUARTER, REVOKED, ROOF, START


def incident(cause: Cause = Cause.SILENT, *, began: datetime = START) -> Incident:
    return Incident(meter=CELLAR, cause=cause, detail="nothing arrives", began=began)


def waiting(db: Database) -> list[tuple[Step, Cause]]:
    """What the cloud would hear, one after the other."""
    heard = []
    while announcement := incidents.next_announcement(db):
        heard.append((announcement.step, announcement.incident.cause))
        incidents.acknowledge(db, announcement.seq)
    return heard


def test_a_meter_has_one_open_incident_of_each_kind(db: Database) -> None:
    assert incidents.begin(db, incident())
    assert not incidents.begin(db, incident(Cause.ABSENT))
    assert incidents.begin(db, incident(Cause.LOCKED))
    assert incidents.open_now(db) == [incident(), incident(Cause.LOCKED)]
    assert [each.kind for each in incidents.open_now(db)] == list(Kind)


def test_what_is_over_is_told_and_stays_with_begin_and_end(db: Database) -> None:
    incidents.begin(db, incident())
    over = incidents.end(db, CELLAR, Kind.SERIAL_PORT_UNAVAILABLE, START + QUARTER)
    assert over == Incident(
        meter=CELLAR, cause=Cause.SILENT, detail="nothing arrives", began=START, ended=START + QUARTER
    )
    assert incidents.open_now(db) == []
    assert db.table("incident").count == 1
    assert incidents.end(db, CELLAR, Kind.SERIAL_PORT_UNAVAILABLE, START) is None
    assert incidents.end(db, ROOF, Kind.SERIAL_PORT_UNAVAILABLE, START) is None


def test_a_clock_that_was_set_back_ends_none_before_its_begin(db: Database) -> None:
    incidents.begin(db, incident())
    over = incidents.end(db, CELLAR, Kind.SERIAL_PORT_UNAVAILABLE, START - QUARTER)
    assert over
    assert over.ended == START


def test_the_cloud_hears_everything_in_its_order_even_what_is_long_over(db: Database) -> None:
    for cause in (Cause.SILENT, Cause.ABSENT):
        incidents.begin(db, incident(cause))
        incidents.end(db, CELLAR, cause.kind, START)
    incidents.begin(db, incident(Cause.LOCKED, began=START - QUARTER))
    assert waiting(db) == [
        (Step.REPORT, Cause.SILENT),
        (Step.RESOLVE, Cause.SILENT),
        (Step.REPORT, Cause.ABSENT),
        (Step.RESOLVE, Cause.ABSENT),
        (Step.REPORT, Cause.LOCKED),
    ]
    assert waiting(db) == []


def test_what_the_cloud_refuses_stands_in_nobody_s_way(db: Database) -> None:
    incidents.begin(db, incident())
    incidents.begin(db, incident(Cause.LOCKED))
    first = incidents.next_announcement(db)
    assert first
    incidents.set_aside(db, first.seq, "404 Not found")
    assert waiting(db) == [(Step.REPORT, Cause.LOCKED)]
    assert db.table("announcement").count == 1


def test_what_has_long_been_over_is_forgotten(db: Database) -> None:
    for cause in (Cause.SILENT, Cause.LOCKED):
        incidents.begin(db, incident(cause))
    incidents.end(db, CELLAR, Kind.SERIAL_PORT_UNAVAILABLE, START)
    incidents.forget_ended(db, START)
    assert db.table("incident").count == 2
    incidents.forget_ended(db, START + timedelta(microseconds=1))
    assert incidents.open_now(db) == [incident(Cause.LOCKED)]
    assert waiting(db) == [(Step.REPORT, Cause.LOCKED)]


def test_once_consent_is_revoked_none_is_opened(db: Database) -> None:
    consents.remember(db, GRANTED)
    consents.remember(db, REVOKED)
    assert not incidents.begin(db, incident())


def test_an_incident_is_timed_in_utc() -> None:
    with pytest.raises(ValueError, match="local time belongs to the pages"):
        incident(began=datetime(2026, 11, 24, 10))  # noqa: DTZ001  # a moment without a zone is the mistake
