"""When the time of day is believed, and how the clock that tests move by hand behaves."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_app import clock
from edge_app.clock import Synchrony, SystemClock
from edge_app.testing import HandClock

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)


def test_the_time_is_unknown_until_somebody_confirms_it() -> None:
    assert not Synchrony(kernel=lambda: False)
    assert Synchrony(kernel=lambda: True)
    assert Synchrony(kernel=lambda: False, trusted=True)


@pytest.mark.parametrize(("seconds", "known"), [(0, True), (5, True), (-5, True), (6, False), (-3600, False)])
def test_the_cloud_confirms_a_time_that_agrees_with_its_own(seconds: float, known: bool) -> None:
    synchrony = Synchrony(kernel=lambda: False)
    synchrony.compare(NOW, NOW + timedelta(seconds=seconds))
    assert bool(synchrony) is known


def test_what_was_once_confirmed_stays_so() -> None:
    answers = iter([True])
    synchrony = Synchrony(kernel=lambda: next(answers))
    assert synchrony
    assert synchrony


def test_the_mark_of_timesyncd_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "TIMESYNCD_DONE", tmp_path / "synchronized")
    kernel = clock.kernel_says_synchronised()
    (tmp_path / "synchronized").touch()
    assert clock.kernel_says_synchronised()
    assert kernel in (True, False)


async def test_the_system_clock_is_in_utc_and_its_sleep_gives_way() -> None:
    system = SystemClock()
    assert system.now().utcoffset() == timedelta(0)
    before = system.monotonic()
    await system.sleep(-1)
    assert system.monotonic() >= before


async def test_sleepers_wake_in_the_order_of_their_time() -> None:
    hand, woken = HandClock(NOW), list[str]()

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await hand.sleep(nap)
            woken.append(f"{name} {hand.monotonic():g}")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sleeper("a", 2, 2))
        tasks.create_task(sleeper("b", 3, 0))
        await hand.advance(10)
    assert woken == ["a 2", "b 3", "b 3", "a 4"]
    assert hand.now() == NOW + timedelta(seconds=10)
    hand.set(NOW)
    assert (hand.now(), hand.monotonic()) == (NOW, 10)
