"""Unlocking works over the whole range of what meters are like, tries once, and presses long on InF alone."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_app.metering.unlock.steps import Phase
from edge_app.metering.unlock.unlocking import Result
from edge_app.model.obis import ENERGY_IN, POWER
from edge_app.simulator.display import Setting, Zero
from edge_app.simulator.menu import Screen
from tests.unlock.bench import front
from tests.waiting import until

BY_PIN_ALONE = ("MT681", "MT175", "EHZ")
BY_MENU = ("DD3", "EASY")
ZEROS: tuple[Zero, ...] = ("wait", "pulse-only")
PINS = st.one_of(
    st.sampled_from(["0000", "9999", "0909", "9000", "1000", "0001"]), st.integers(0, 9999).map("{:04}".format)
)


@pytest.mark.parametrize("model", [*BY_PIN_ALONE, *BY_MENU])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pin=PINS, seed=st.integers(1, 10_000), zero=st.sampled_from(ZEROS))
async def test_any_pin_opens_any_meter_of_the_model(model: str, pin: str, seed: int, zero: Zero) -> None:
    there = front(model, pin=pin, seed=seed, setting=Setting(zero=zero))
    outcome = await there.unlock(pin, answer=there.shows)
    assert outcome.result is Result.LASTING
    assert POWER not in outcome.before
    assert POWER in outcome.after
    assert there.shows() == "normal"
    assert there.unharmed()


@pytest.mark.parametrize("model", [*BY_PIN_ALONE, *BY_MENU])
async def test_a_meter_that_shows_its_power_gets_no_light(model: str) -> None:
    there = front(model, pin="1234", locked=False)
    outcome = await there.unlock("1234")
    assert outcome.result is Result.ALREADY
    assert outcome.before == outcome.after
    assert there.written == []


@pytest.mark.parametrize("model", BY_PIN_ALONE)
async def test_a_wrong_pin_is_tried_once_and_the_meter_stays_locked(model: str) -> None:
    there = front(model, pin="1234")
    outcome = await there.unlock("1235")
    assert outcome.result is Result.LOCKED
    assert not outcome.result.unlocked
    assert there.display.state.wrong == 1
    assert ENERGY_IN in outcome.after
    assert there.unharmed()


@pytest.mark.parametrize("model", BY_MENU)
async def test_without_a_person_no_menu_is_walked(model: str) -> None:
    there = front(model, pin="0420")
    outcome = await there.unlock("0420")
    assert outcome.result is Result.NEEDS_WALK
    assert not {told.phase for told in there.told} & {Phase.WALK, Phase.CONFIRM, Phase.PRESS}
    assert there.unharmed()


@pytest.mark.parametrize("model", BY_MENU)
@pytest.mark.parametrize("answer", ["history clear", "", "inf?", "E clear", "no"])
async def test_any_other_word_than_inf_ends_it_in_the_dark(model: str, answer: str) -> None:
    there = front(model, pin="0420")
    outcome = await there.unlock("0420", answer=answer)
    assert outcome.result is Result.DECLINED
    assert Phase.PRESS not in {told.phase for told in there.told}
    assert there.unharmed()


@pytest.mark.parametrize("word", ["InF", "inf", " INF \n"])
async def test_the_word_may_be_typed_as_people_type(word: str) -> None:
    there = front("EASY", pin="0420")
    assert (await there.unlock("0420", answer=word)).result is Result.LASTING


@pytest.mark.parametrize("model", BY_MENU)
async def test_after_a_wrong_pin_the_person_sees_no_inf_and_nothing_is_pressed(model: str) -> None:
    there = front(model, pin="1234")
    outcome = await there.unlock("4321", answer=there.shows)
    assert outcome.result is Result.DECLINED
    assert there.display.state.wrong == 1
    assert there.unharmed()


async def test_a_meter_that_relocks_after_two_minutes_is_found_out() -> None:
    there = front("EHZ", pin="1234", setting=Setting(stays_open=False))
    outcome = await there.unlock("1234")
    assert outcome.result is Result.TWO_MINUTES
    assert outcome.result.unlocked


async def test_whoever_does_not_want_to_wait_is_told_that_nobody_watched() -> None:
    there = front("EHZ", pin="1234", setting=Setting(stays_open=False))
    assert (await there.unlock("1234", watch=False)).result is Result.SHOWN
    assert Phase.WATCH not in {told.phase for told in there.told}


async def test_a_silent_meter_gets_no_light() -> None:
    there = front("MT681", pin="1234")
    there.silent = True
    outcome = await there.unlock("1234")
    assert outcome.result is Result.SILENT
    assert there.written == []


async def test_the_seconds_that_are_left_run_out_evenly() -> None:
    there = front("MT175", pin="1905")
    await there.unlock("1905")
    left = [told.seconds_left for told in there.told]
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(left))
    assert [phase for phase in Phase if phase in {told.phase for told in there.told}] == [
        Phase.LOOK,
        Phase.SETTLE,
        Phase.WAKE,
        Phase.DIGITS,
        Phase.VERIFY,
        Phase.WATCH,
    ]
    assert {told.digit for told in there.told} == {None, 1, 2, 3, 4}


@pytest.mark.parametrize("at", [10.0, 131.0, 133.5, 140.0, 151.7])
async def test_it_may_be_cancelled_at_any_moment_and_leaves_the_light_off(at: float) -> None:
    there = front("MT681", pin="1234")
    unlocking = asyncio.create_task(there.unlock("9999"))
    await until(lambda: there.clock.monotonic() >= at or unlocking.done())
    unlocking.cancel()
    await asyncio.wait([unlocking])
    assert unlocking.cancelled()
    sent = len(there.written)
    await there.clock.sleep(10)
    assert len(there.written) == sent
    there.display.full(there.clock.monotonic())
    assert there.display.state.lit_at is None


async def test_the_display_goes_dark_by_itself_before_the_pin_is_entered() -> None:
    """A menu that somebody left open has closed by the time the first light comes."""
    there = front("MT681", pin="1234")
    for second in range(3):
        there.display.light(on=True, at=second)
        there.display.light(on=False, at=second + 0.3)
    assert there.display.state.screen is not Screen.NORMAL
    assert (await there.unlock("1234")).result is Result.LASTING
