"""The virtual household: the same at every call, exact to the last watt second, and plausible over a day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from edge_app.metering import ENERGY_OUT
from edge_app.metering.profile import profile
from edge_app.simulator.household import STANDBY, WATT_HOUR, Household, Role
from edge_app.simulator.virtual_meter import VirtualMeter
from tests.meters.hearing import MODELS, believed

FIRST = date(2026, 6, 20)
MIDNIGHT = datetime(2026, 6, 20, tzinfo=UTC)
ROLES: tuple[Role, ...] = ("electricity", "pv-generation")


@pytest.mark.parametrize("role", ROLES)
def test_a_moment_is_the_same_whenever_it_is_asked_for(role: Role) -> None:
    moments = [MIDNIGHT + timedelta(hours=hours, milliseconds=7) for hours in (30, 3, 31)]
    household = Household(seed=2, since=FIRST)
    for at in moments:
        assert household.flow(role, at) == Household(seed=2, since=FIRST).flow(role, at)
    assert household.flow(role, moments[0]) != Household(seed=4, since=FIRST).flow(role, moments[0])


@pytest.mark.parametrize("role", ROLES)
def test_energy_is_the_sum_of_power_over_time(role: Role) -> None:
    household = Household(seed=3, since=FIRST)
    flows = [household.flow(role, MIDNIGHT + timedelta(seconds=5 * count)) for count in range(2 * 17_280 + 3)]
    for before, after in pairwise(flows):
        assert after.energy_in - before.energy_in == 5 * max(before.power, 0)
        assert after.energy_out - before.energy_out == 5 * max(-before.power, 0)


def test_on_a_summer_day_it_feeds_in_at_noon_and_draws_at_midnight() -> None:
    household = Household(seed=1, since=FIRST)
    noon, night = MIDNIGHT + timedelta(hours=11, minutes=30), MIDNIGHT + timedelta(hours=23)
    assert household.flow("electricity", noon).power < 0
    assert household.flow("electricity", night).power > 0
    assert household.flow("pv-generation", noon).power < household.flow("electricity", noon).power
    assert household.flow("pv-generation", night).power == STANDBY


def test_summer_gives_more_than_winter() -> None:
    def generated(since: date) -> int:
        end = datetime(since.year, since.month, since.day, tzinfo=UTC) + timedelta(days=5)
        return Household(seed=1, since=since).flow("pv-generation", end).energy_out

    assert generated(date(2026, 6, 20)) > 2 * generated(date(2026, 12, 20)) > 0


def test_a_household_has_no_time_before_its_first_day() -> None:
    with pytest.raises(ValueError, match="begins on 2026-06-20"):
        Household(seed=1, since=FIRST).flow("electricity", MIDNIGHT - timedelta(seconds=1))


@pytest.mark.parametrize("role", ROLES)
def test_every_model_counts_the_same_energy_to_the_last_digit_that_it_shows(role: Role) -> None:
    begin = MIDNIGHT + timedelta(hours=10)
    house = Household(seed=7, since=FIRST)
    flowed = house.flow(role, begin + timedelta(hours=2)).energy_out - house.flow(role, begin).energy_out
    assert flowed > 100 * WATT_HOUR
    for model, meter in MODELS.items():
        for variant in profile(meter).variants.values():
            virtual = VirtualMeter(variant=variant, role=role, seed=7, since=begin)
            sent = virtual.telegram(begin) + virtual.telegram(begin + timedelta(hours=2))
            first, second = (meter().read(telegram).registers for telegram, _ in believed(sent))
            if ENERGY_OUT in first:
                rise = second[ENERGY_OUT].value - first[ENERGY_OUT].value
                assert abs(rise - Decimal(flowed) / WATT_HOUR / 1000) < Decimal("0.00011"), (model, variant.name)
