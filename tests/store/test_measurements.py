"""What the queue of measurements answers."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from edge_app.model.measurement import Measurement
from edge_app.model.obis import Obis
from edge_app.store import consents, measurements
from tests.store.values import CELLAR, QUARTER, REVOKED, ROOF, START, measurement

DAY = timedelta(days=1)


def kept(db: Database, *slots: int) -> list[Measurement]:
    found = [measurement(slot) for slot in slots]
    assert all(measurements.keep(db, each) for each in found)
    return found


def queue(db: Database) -> list[Measurement]:
    return [each for _, each in measurements.unconfirmed(db, limit=1000)]


def test_what_was_kept_waits_in_its_order(db: Database) -> None:
    first, second, third = kept(db, 3, 1, 2)

    assert queue(db) == [first, second, third]
    assert [each for _, each in measurements.unconfirmed(db, limit=2)] == [first, second]
    assert measurements.waiting(db) == 3


def test_a_slot_has_one_measurement_and_the_first_stays(db: Database) -> None:
    first = measurement(0, energy="1.0")
    assert measurements.keep(db, first)
    assert not measurements.keep(db, measurement(0, seconds=700, energy="2.0"))
    assert measurements.keep(db, measurement(0, meter=ROOF))
    assert queue(db)[0] == first


def test_what_the_cloud_holds_waits_no_more(db: Database) -> None:
    kept(db, 0, 1)
    third = kept(db, 2)[0]
    measurements.confirm(db, 2, START)

    assert queue(db) == [third]
    assert measurements.waiting(db) == 1


def test_a_late_confirmation_takes_nothing_back(db: Database) -> None:
    kept(db, 0, 1, 2)
    measurements.confirm(db, 3, START)
    measurements.confirm(db, 1, START)

    assert queue(db) == []


def test_what_is_set_aside_leaves_the_queue_and_is_kept_and_counted(db: Database) -> None:
    first, _, third = kept(db, 0, 1, 2)
    measurements.set_aside(db, [2], "422 not ours", START)
    measurements.set_aside(db, [2], "422 not ours", START)
    assert queue(db) == [first, third]
    assert measurements.set_aside_count(db) == 1

    measurements.confirm(db, 3, START)
    measurements.forget_acknowledged(db, START + DAY)
    assert [row["seq"] for row in db.query("select seq from measurement")] == [2]


def test_the_latest_of_each_meter_is_what_was_kept_last(db: Database) -> None:
    kept(db, 5)
    roof = measurement(4, meter=ROOF)
    measurements.keep(db, roof)
    cellar = kept(db, 2)[0]  # the clock was set back

    assert measurements.latest(db) == {CELLAR: cellar, ROOF: roof}


def test_acknowledged_is_forgotten_by_the_moment_of_its_acknowledgement(db: Database) -> None:
    kept(db, 0, 1)
    measurements.confirm(db, 2, START)
    kept(db, 2)
    measurements.confirm(db, 3, START + DAY)
    kept(db, 3)

    assert measurements.forget_acknowledged(db, START) == 0
    assert measurements.forget_acknowledged(db, START + DAY) == 2
    assert measurements.forget_acknowledged(db, START + 9 * DAY) == 1
    assert queue(db) == [measurement(3)]


def test_a_forgotten_slot_is_not_filled_again_when_the_clock_falls_back(db: Database) -> None:
    kept(db, 0, 1, 2)
    measurements.confirm(db, 2, START)
    measurements.forget_acknowledged(db, START + DAY)

    assert not measurements.keep(db, measurement(1, seconds=9))
    assert measurements.keep(db, measurement(1, meter=ROOF))
    assert measurements.keep(db, measurement(3))


def test_a_number_in_the_queue_is_never_used_twice(db: Database) -> None:
    kept(db, 0, 1)
    measurements.confirm(db, 2, START)
    measurements.forget_acknowledged(db, START + DAY)
    kept(db, 2)

    assert measurements.unconfirmed(db, limit=10) == [(3, measurement(2))]


def test_a_restored_cloud_is_offered_again_what_it_may_lack(db: Database) -> None:
    kept(db, 0, 1)
    measurements.confirm(db, 2, START)
    kept(db, 2, 3)
    measurements.confirm(db, 4, START + DAY)

    measurements.offer_again(db, START + 50 * QUARTER)
    assert queue(db) == []
    measurements.offer_again(db, START + QUARTER)
    assert queue(db) == [measurement(1), measurement(2), measurement(3)]
    measurements.offer_again(db, START + 2 * QUARTER)
    assert measurements.waiting(db) == 3

    assert measurements.forget_acknowledged(db, START + timedelta(seconds=1)) == 1  # acknowledged at its first time
    measurements.confirm(db, 4, START + 2 * DAY)
    assert queue(db) == []


def test_offering_again_from_a_place_that_was_a_mark_keeps_that_mark(db: Database) -> None:
    kept(db, 0)
    measurements.confirm(db, 1, START)
    kept(db, 1)
    measurements.confirm(db, 2, START + DAY)
    measurements.offer_again(db, START + QUARTER)

    assert queue(db) == [measurement(1)]
    assert measurements.forget_acknowledged(db, START + timedelta(seconds=1)) == 1


def test_without_room_the_oldest_go_first_and_of_the_unsent_none_unless_asked_for(db: Database) -> None:
    kept(db, 0, 1, 2, 3)
    measurements.confirm(db, 2, START)

    assert measurements.forget_oldest(db, limit=1, acknowledged=True) == 1
    assert [row["seq"] for row in db.query("select seq from measurement")] == [2, 3, 4]
    assert measurements.forget_oldest(db, limit=5, acknowledged=True) == 1
    assert measurements.forget_oldest(db, limit=5, acknowledged=True) == 0
    assert measurements.forget_oldest(db, limit=1, acknowledged=False) == 1
    assert queue(db) == [measurement(3)]


def test_all_is_forgotten_when_consent_is_revoked_and_nothing_is_kept_after(db: Database) -> None:
    kept(db, 0, 1)
    measurements.set_aside(db, [1], "404", START)
    consents.remember(db, REVOKED)
    measurements.forget_all(db)

    assert not measurements.keep(db, measurement(2))
    assert (measurements.waiting(db), measurements.set_aside_count(db), measurements.latest(db)) == (0, 0, {})


values = st.decimals(allow_nan=False, allow_infinity=False)
codes = st.binary(min_size=6, max_size=6).map(lambda raw: Obis(raw.hex()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(codes, values), micros=st.integers(0, 899_999_999))
def test_values_come_back_digit_for_digit(db: Database, data: dict[Obis, Decimal], micros: int) -> None:
    measurements.forget_all(db)
    given_ = Measurement(meter=CELLAR, slot=START, time=START + timedelta(microseconds=micros), data=data)
    assert measurements.keep(db, given_)
    ((_, found),) = measurements.unconfirmed(db, limit=1)

    assert found == given_
    assert [(code, str(value)) for code, value in found.data.items()] == [(c, str(v)) for c, v in data.items()]
