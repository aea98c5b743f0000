"""Why slots have no measurement, as the device books it and tells it again when it is asked."""

from datetime import timedelta

from sqlite_utils import Database

from edge_app.model.incident import Cause, Incident
from edge_app.model.missing import Missing, Reason
from edge_app.store import Store, consents, incidents, measurements, slots
from edge_app.store.slots import Since
from tests.store.values import CELLAR, GRANTED, QUARTER, REVOKED, ROOF, START, measurement

EVER = Since(started=START, believed=START)


def book(db: Database, until: int, since: Since = EVER) -> None:
    slots.book(db, CELLAR, until=START + until * QUARTER, length=QUARTER, since=since)


def untold(db: Database) -> list[tuple[int, int, Reason]]:
    return [
        ((each.begin - START) // QUARTER, (each.end - START) // QUARTER, each.reason)
        for each in slots.untold(db, length=QUARTER, limit=100)
    ]


async def granted(store: Store) -> None:
    await store.run(consents.remember, GRANTED)
    await store.run(book, 0)


async def test_a_slot_with_a_measurement_is_none_that_is_missing(store: Store) -> None:
    await granted(store)
    await store.run(measurements.keep, measurement(1))
    await store.run(book, 3)
    assert await store.run(untold) == [(0, 1, Reason.METER_SILENT), (2, 3, Reason.METER_SILENT)]
    await store.run(book, 3)
    assert len(await store.run(untold)) == 2


async def test_the_incident_of_a_slot_says_why(store: Store) -> None:
    await granted(store)
    began = START + 1.5 * QUARTER
    incident = Incident(meter=CELLAR, cause=Cause.ABSENT, detail="nothing is plugged in", began=began)
    await store.run(incidents.begin, incident)
    await store.run(incidents.end, CELLAR, incident.kind, began + 2 * QUARTER)
    locked = Incident(meter=CELLAR, cause=Cause.LOCKED, detail="a PIN is needed", began=START)
    await store.run(incidents.begin, locked)
    await store.run(book, 6)
    assert await store.run(untold) == [
        (0, 1, Reason.METER_SILENT),
        (1, 4, Reason.PORT_GONE),
        (4, 6, Reason.METER_SILENT),
    ]


async def test_the_time_without_power_and_the_time_without_a_clock_are_told_apart(store: Store) -> None:
    await granted(store)
    await store.run(book, 1)
    back = Since(started=START + 3.2 * QUARTER, believed=START + 5.5 * QUARTER)
    await store.run(book, 8, back)
    assert await store.run(untold) == [
        (0, 1, Reason.METER_SILENT),
        (1, 4, Reason.DEVICE_OFF),
        (4, 6, Reason.CLOCK_NOT_SET),
        (6, 8, Reason.METER_SILENT),
    ]


async def test_consent_that_became_known_later_explains_the_slots_before(store: Store) -> None:
    await store.run(consents.remember, GRANTED)
    late = START + 4 * QUARTER
    await store.run(book, 5, Since(started=late, believed=late))
    assert await store.run(untold) == [(1, 4, Reason.CONSENT_OFF), (4, 5, Reason.METER_SILENT)]


async def test_what_the_cloud_asks_for_is_told_again_sent_again_or_not_known(store: Store) -> None:
    await granted(store)
    kept = measurement(2)
    await store.run(measurements.keep, kept)
    await store.run(book, 4)
    heard = await store.run(slots.untold, length=QUARTER, limit=100)
    await store.run(slots.told, heard)
    assert await store.run(untold) == []

    first = await store.run(slots.asked, CELLAR, START, START + 3 * QUARTER, length=QUARTER)
    assert first == kept.time
    assert await store.run(untold) == [(0, 2, Reason.METER_SILENT)]
    assert await store.run(slots.asked, ROOF, START, START + QUARTER, length=QUARTER) is None
    assert Missing(meter=ROOF, begin=START, end=START + QUARTER, reason=Reason.UNKNOWN) in await store.run(
        slots.untold, length=QUARTER, limit=100
    )


async def test_nothing_is_booked_beyond_what_the_cloud_can_ask_for_and_nothing_stays_after_a_revocation(
    store: Store,
) -> None:
    await granted(store)
    await store.run(book, 40 * 96)
    whole = await store.run(slots.untold, length=QUARTER, limit=9999)
    assert sum((each.end - each.begin) // QUARTER for each in whole) == 14 * 96
    await store.run(slots.forget_old, START + 40 * 96 * QUARTER - timedelta(days=1))
    rest = await store.run(slots.untold, length=QUARTER, limit=9999)
    assert sum((each.end - each.begin) // QUARTER for each in rest) == 96
    await store.run(consents.remember, REVOKED)
    await store.run(slots.forget_all)
    assert await store.run(slots.untold, length=QUARTER, limit=9999) == []
