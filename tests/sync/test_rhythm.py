"""When a device speaks to the cloud."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from edge_app.sync.rhythm import LONGEST_PAUSE, Rhythm
from edge_app.testing import HandClock

EVERY = [2.0, 60.0, 900.0, 3600.0]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


@given(moment=moments, device=st.uuids(), every=st.sampled_from(EVERY))
def test_the_next_moment_is_less_than_an_interval_away_and_comes_again_after_it(
    moment: datetime, device: UUID, every: float
) -> None:
    first = Rhythm(every=every, device=device, clock=HandClock(moment)).until_next()
    assert 0 < first <= every

    there = HandClock(moment + timedelta(seconds=first + every / 2))
    assert abs(Rhythm(every=every, device=device, clock=there).until_next() - every / 2) < 0.001


def test_devices_are_spread_over_the_interval() -> None:
    chance = random.Random(7)
    devices = [UUID(int=chance.getrandbits(128)) for _ in range(6000)]
    moments = [Rhythm(every=3600, device=device, clock=HandClock()).until_next() for device in devices]
    minutes = [sum(minute * 60 < each <= minute * 60 + 60 for each in moments) for minute in range(60)]

    assert min(minutes) > 60
    assert max(minutes) < 150


@given(moment=moments, failures=st.integers(1, 2000), seed=st.integers(), every=st.sampled_from(EVERY))
def test_a_pause_never_goes_beyond_the_next_regular_moment(
    moment: datetime, failures: int, seed: int, every: float
) -> None:
    rhythm = Rhythm(every=every, device=UUID(int=seed % 2**128), clock=HandClock(moment))
    assert 0 <= rhythm.pause(failures, random.Random(seed)) <= min(rhythm.until_next(), LONGEST_PAUSE)


def test_pauses_grow_and_jitter_over_their_whole_length() -> None:
    rhythm = Rhythm(every=1e9, device=UUID(int=1), clock=HandClock())
    chance = random.Random(3)
    for failures, ceiling in [(1, 5), (2, 10), (4, 40), (8, 640), (9, 900), (400, 900)]:
        pauses = [rhythm.pause(failures, chance) for _ in range(500)]
        assert min(pauses) < 0.05 * ceiling
        assert 0.95 * ceiling < max(pauses) <= ceiling


def test_the_pause_that_the_cloud_asks_for_is_kept_up_to_one_interval() -> None:
    rhythm = Rhythm(every=3600, device=UUID(int=1), clock=HandClock())
    assert rhythm.pause(1, random.Random(1), retry_after=1800) == 1800
    assert rhythm.pause(1, random.Random(1), retry_after=1e9) == 3600
