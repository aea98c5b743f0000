"""One measurement a slot, of the first reading at or after its boundary."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.metering.schedule import Schedule
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, POWER, POWER_AMOUNT, Obis
from edge_app.model.reading import Quantity, Reading
from edge_app.model.slot import Grid

METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
QUARTER = timedelta(minutes=15)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


def reading(energy: str = "10234.7412") -> Reading:
    return Reading(
        server_id="0a01454d480000123456",
        registers={
            ENERGY_IN: Quantity(value=Decimal(energy), unit="kWh"),
            Obis("0100200700ff"): Quantity(value=Decimal("230.1"), unit="V"),
        },
    )


def kept(schedule: Schedule, *moments: datetime) -> list[Measurement]:
    """Hand in a reading at each moment, and fill the slots that ask for one."""
    measurements = []
    for moment in moments:
        measurement = schedule.place(reading(), moment)
        if measurement:
            schedule.fill(measurement)
            measurements.append(measurement)
    return measurements


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{text}+00:00")


def test_the_first_reading_of_a_slot_is_kept_and_the_others_are_not() -> None:
    measurements = kept(Schedule(METER, Grid()), *(at("10:15:00") + timedelta(seconds=3 * n) for n in range(601)))
    assert [measurement.time for measurement in measurements] == [at("10:15:00"), at("10:30:00"), at("10:45:00")]


def test_a_boundary_belongs_to_the_slot_that_it_begins() -> None:
    before, on = kept(Schedule(METER, Grid()), at("10:14:59.999999"), at("10:15:00"))
    assert (before.slot, on.slot) == (at("10:00:00"), at("10:15:00"))


def test_a_slot_asks_again_until_its_measurement_is_safe() -> None:
    schedule = Schedule(METER, Grid())
    assert schedule.place(reading(), at("10:15:01"))
    assert schedule.place(reading(), at("10:15:04"))


def test_only_what_the_survey_asks_for_is_kept() -> None:
    (measurement,) = kept(Schedule(METER, Grid()), at("10:15:01"))
    assert measurement.data == {ENERGY_IN: Decimal("10234.7412")}


def test_a_register_that_was_worked_out_is_kept_with_those_that_it_came_from() -> None:
    power = Quantity(value=Decimal("-0.1371"), unit="kW")
    amount = Quantity(value=Decimal("0.1371"), unit="kW")
    derived = Reading(server_id="", registers={POWER: power, POWER_AMOUNT: amount}, sources={POWER: (POWER_AMOUNT,)})
    measurement = Schedule(METER, Grid()).place(derived, at("10:15:01"))
    assert measurement
    assert measurement.data == {POWER: Decimal("-0.1371"), POWER_AMOUNT: Decimal("0.1371")}


def test_a_reading_without_any_register_of_the_survey_leaves_the_slot_open() -> None:
    assert Schedule(METER, Grid()).place(Reading(server_id="", registers={}), at("10:15:01")) is None


@given(MOMENTS, st.integers(1, 86_400))
def test_every_moment_lies_in_its_slot_and_slots_join_without_a_gap(moment: datetime, seconds: int) -> None:
    grid = Grid(timedelta(seconds=seconds))
    slot = grid.slot(moment)
    assert slot <= moment < slot + grid.interval
    assert grid.slot(slot) == slot
    assert grid.slot(slot + grid.interval) == slot + grid.interval


@given(st.lists(MOMENTS, max_size=50).map(sorted))
def test_however_readings_come_each_slot_has_the_first_of_them(moments: list[datetime]) -> None:
    grid = Grid()
    first: dict[datetime, datetime] = {}
    for moment in moments:
        first.setdefault(grid.slot(moment), moment)
    assert {m.slot: m.time for m in kept(Schedule(METER, grid), *moments)} == first


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_the_nights_on_which_clocks_are_changed_have_their_ninety_six_slots(change: str) -> None:
    midnight = datetime.fromisoformat(f"{change}T00:00:00+00:00")
    moments = [midnight + timedelta(minutes=n) for n in range(24 * 60)]
    measurements = kept(Schedule(METER, Grid()), *moments)
    assert [m.slot for m in measurements] == [midnight + n * QUARTER for n in range(96)]
