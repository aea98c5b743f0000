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
    answers = iter([True, False])
    synchrony = Synchrony(kernel=lambda: next(answers))
    assert synchrony
    assert synchrony


def test_a_time_that_is_known_to_be_over_needs_the_cloud_s_word() -> None:
    hand = HandClock(NOW)
    synchrony = Synchrony(clock=hand, kernel=lambda: True)
    synchrony.not_before(NOW + timedelta(days=1))
    synchrony.not_before(NOW - timedelta(days=1))
    assert not synchrony
    synchrony.compare(NOW, NOW)
    assert synchrony


@pytest.mark.parametrize("jump", [7200, -7200, 6])
def test_a_clock_that_jumps_is_not_believed_before_it_is_confirmed_anew(jump: float) -> None:
    hand, word = HandClock(NOW), ["touched at 10:15"]
    synchrony = Synchrony(clock=hand, kernel=lambda: word[0])
    assert synchrony
    hand.set(NOW + timedelta(seconds=jump))
    assert not synchrony
    assert not synchrony
    word[0] = "touched at 10:16"
    assert synchrony


def test_a_clock_that_a_time_server_has_just_set_is_believed_at_once() -> None:
    hand, word = HandClock(NOW), ["touched at 10:15"]
    synchrony = Synchrony(clock=hand, kernel=lambda: word[0])
    assert synchrony
    hand.set(NOW + timedelta(hours=2))
    word[0] = "touched at 12:15"
    assert synchrony


def test_a_clock_that_drifts_stays_believed() -> None:
    hand = HandClock(NOW)
    synchrony = Synchrony(clock=hand, kernel=lambda: True)
    for second in range(20):
        hand.set(NOW + timedelta(seconds=second))
        assert synchrony


def test_a_clock_far_from_the_cloud_s_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    synchrony = Synchrony(clock=HandClock(NOW), kernel=lambda: True)
    assert synchrony
    for _ in range(3):
        synchrony.compare(NOW, NOW + timedelta(seconds=7))
    assert not synchrony.doubtful
    assert synchrony.apart == -7
    assert caplog.text.count("off the cloud's") == 1


def test_which_start_of_the_machine_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOOT_ID", raising=False)
    monkeypatch.setattr(clock, "BOOT_ID", tmp_path / "boot_id")
    assert clock.boot_id() != clock.boot_id()
    (tmp_path / "boot_id").write_text("6a0c7c0e\n")
    assert clock.boot_id() == "6a0c7c0e"
    monkeypatch.setenv("BOOT_ID", "told by systemd")
    assert clock.boot_id() == "told by systemd"


def test_it_is_later_than_the_application_was_put_in_place() -> None:
    assert clock.built() < datetime.now(UTC)


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
