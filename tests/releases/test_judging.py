"""Judging a release by values: who has begun with it, how they are, and what is compared with the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.fleet.releases import judging, rings
from cloud_api.fleet.releases.documents import Channel, Release, Stage, Wheel
from cloud_api.ledger.reckoning import Tally
from cloud_api.store.rollouts import Seen

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHEEL = Wheel(name="zaehlwerk-0.2.0-py3-none-any.whl", sha256="0" * 64, length=1)


def release(*stages: Stage, salt: str = "salt") -> Release:
    some = stages or (Stage(share=0.1, begin=NOW - DAY),)
    return Release(version="0.2.0", channel="stable", python="3.11", wheels=(WHEEL,), stages=some, salt=salt)


def device(number: int, **how: Any) -> Seen:
    given = {
        "device": UUID(int=number),
        "household": UUID(int=number),
        "heard_at": NOW,
        "version": "0.1.0",
        "state": "current",
        "tried": None,
        "reason": None,
        "since": NOW - HOUR,
        "troubled_at": None,
    }
    return Seen(**(given | how))


def fleet(begun: int, rest: int, *worse: dict[str, Any]) -> list[Seen]:
    """So many devices that have begun, the first of them as they are told, and others."""
    ways = [*worse, *({} for _ in range(begun - len(worse)))]
    return [
        *(device(number, **({"version": "0.2.0"} | way)) for number, way in enumerate(ways)),
        *(device(begun + number) for number in range(rest)),
    ]


def told(
    seen: list[Seen], *, channel: Channel | None = None, hearing: bool = True, which: Release | None = None
) -> str | None:
    found = judging.split(
        which or release(), channel or Channel(channel="stable"), seen, NOW, since=NOW - DAY, hearing=hearing
    )
    return judging.verdict(found)


BACK = {"version": "0.1.0", "state": "rolled-back", "tried": "0.2.0"}
QUIET = {"heard_at": NOW - 4 * HOUR}


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (fleet(100, 100), None),
        (fleet(100, 100, BACK, BACK), None),  # two in a hundred may
        (fleet(100, 100, BACK, BACK, BACK), "3 of 100 devices failed, rolled back or fell silent"),
        (fleet(10, 100, BACK), "1 of 10 devices failed, rolled back or fell silent"),
        (fleet(10, 100, BACK | {"state": "refused"}), "1 of 10 devices failed, rolled back or fell silent"),
        (fleet(10, 100, BACK | {"since": NOW - 2 * DAY}), None),  # before a person let it go on
        (fleet(10, 100, BACK | {"tried": "0.1.9"}), None),
        (fleet(10, 100, QUIET), None),  # one plug
        (fleet(10, 100, QUIET, QUIET), "2 of 10 devices failed, rolled back or fell silent"),
        (fleet(10, 100, QUIET | {"heard_at": NOW - 2 * DAY}, QUIET | {"heard_at": None}), None),
        (fleet(10, 20, QUIET, QUIET) + [device(100 + number, **QUIET) for number in range(10)], None),  # all are
        (fleet(10, 100, {"troubled_at": NOW - HOUR}, {"troubled_at": NOW - HOUR}), "2 of 10 devices have an incident"),
        (fleet(10, 100, {"troubled_at": NOW - HOUR}, {"troubled_at": NOW - 2 * DAY}), None),
        ([], None),
    ],
)
def test_a_release_is_stopped_when_those_who_begin_are_worse_off(seen: list[Seen], reason: str | None) -> None:
    everybody = release(Stage(share=0.0, begin=NOW - DAY))
    found = told(seen, which=everybody)
    assert found is None if reason is None else found is not None and found.startswith(reason)


def test_silence_is_no_sign_while_the_service_has_not_listened_for_long() -> None:
    seen = fleet(10, 100, QUIET, QUIET)
    assert told(seen)
    assert told(seen, hearing=False) is None


def test_a_device_that_may_begin_and_falls_silent_counts_as_begun_and_one_that_is_pinned_elsewhere_does_not() -> None:
    everybody = release(Stage(share=1.0, begin=NOW - DAY))
    seen = [device(number, **QUIET) for number in range(2)] + [device(number) for number in range(2, 10)]
    assert told(seen, which=everybody) == "2 of 2 devices failed, rolled back or fell silent"
    pinned = Channel(channel="stable", pinned={UUID(int=0): "0.1.0", UUID(int=1): "0.1.0"})
    assert told(seen, which=everybody, channel=pinned) is None


@pytest.mark.parametrize(
    ("begun", "rest", "stops"),
    [
        (Tally(measured=90, missing=10), Tally(measured=960, missing=40), True),
        (Tally(measured=92, missing=8), Tally(measured=960, missing=40), False),
        (Tally(measured=99, missing=1), Tally(measured=900, missing=100), False),
        (Tally(missing=39), Tally(measured=960), False),
        (Tally(missing=40), Tally(measured=39), False),
        (Tally(missing=40), Tally(late=40), True),
    ],
)
def test_a_release_is_stopped_when_less_is_measured(begun: Tally, rest: Tally, stops: bool) -> None:
    assert (judging.less_complete(begun, rest) is not None) is stops


def test_a_release_is_judged_from_its_first_stage_until_a_week_after_its_last() -> None:
    steps = release(Stage(share=0.01, begin=NOW), Stage(share=1.0, begin=NOW + DAY))
    assert not judging.is_judged(steps, NOW - HOUR)
    assert judging.is_judged(steps, NOW)
    assert judging.is_judged(steps, NOW + 7 * DAY)
    assert not judging.is_judged(steps, NOW + 8 * DAY)


@given(st.sets(st.uuids(), max_size=60), st.text("0123456789abcdef", min_size=1, max_size=32))
def test_the_first_ring_has_ten_devices_or_all_there_are_and_every_ring_holds_those_before(
    devices: set[UUID], salt: str
) -> None:
    stages = rings.plan(salt, devices, begin=NOW)
    planned = release(*stages, salt=salt)
    sizes = [
        sum(rings.may_have(planned, device, NOW + number * DAY) for device in devices) for number in range(len(stages))
    ]
    assert sizes[0] >= min(10, len(devices))
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(devices)
    assert not any(rings.may_have(planned, device, NOW - HOUR) for device in devices)


def test_a_large_fleet_begins_with_a_hundredth() -> None:
    devices = [UUID(int=number) for number in range(5000)]
    stages = rings.plan("salt", devices, begin=NOW)
    assert [stage.share for stage in stages] == [0.01, 0.1, 0.5, 1.0]
    first = sum(rings.may_have(release(*stages), device, NOW) for device in devices)
    assert 20 <= first <= 90
