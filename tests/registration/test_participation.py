"""Who takes part, in counts from which nobody can be picked."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.privacy.hiding import SMALLEST, apart, hidden
from tests.cloud.asking import ask
from tests.cloud.running import Cloud, HandClock, fresh_draft
from tests.registration.person import Person


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(min_value=0, max_value=30)))
def test_no_small_group_is_shown_nor_left_over_when_the_others_are_taken_from_the_sum(counts: dict[str, int]) -> None:
    shown = hidden(counts)
    away = [counts[name] for name, count in shown.items() if count is None]

    assert all(count is None or count >= SMALLEST for count in shown.values())
    assert {name for name, count in counts.items() if count} == set(shown)
    if any(0 < count < SMALLEST for count in counts.values()):
        everything = not any(shown.values())
        assert everything or (len(away) > 1 and sum(away) >= SMALLEST)
    else:
        assert away == []


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 3, "b": 7, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 3, "b": 4, "c": 9}, {"a": None, "b": None, "c": 9}),
        ({"a": 2, "b": 1, "c": 9}, {"a": None, "b": None, "c": None}),
        ({"a": 2}, {"a": None}),
        ({"a": 5, "b": 0}, {"a": 5}),
    ],
)
def test_with_a_small_group_another_is_hidden(counts: dict[str, int], shown: dict[str, int | None]) -> None:
    assert hidden(counts) == shown


async def test_participation_is_counted_by_state_of_consent_land_power_and_month(
    cloud: Cloud, tmp_path: Path, researcher: Person
) -> None:
    async with cloud.people() as client:
        for number in range(12):
            document = fresh_draft() if number % 2 else fresh_draft(pv_systems=[], meters=fresh_draft()["meters"][:1])
            status, household = await ask(client, "POST", "/management/household", json=document)
            assert status == 201
            if number < 11:
                await _grant(cloud, household["measurement_devices"][0]["uuid"], tmp_path / str(number))
        _, found = await ask(client, "GET", "/management/participation")

    days = found.pop("over_time")
    counts = {what: {group["name"]: group["households"] for group in groups} for what, groups in found.items()}
    assert counts["consent"] == {"granted": None, "not-granted": None}
    assert counts["completeness"] == {"complete": 5, "incomplete": 6}
    assert counts["federal_state"] == {"DE7": 11}
    assert counts["pv_power"] == {"5-10": 5, "none": 6}
    assert days == []  # one of twelve has not granted yet: now is not told, and there was no month before
    page = await researcher.open("/participation")
    assert "Hessen 11" in page.words
    assert "granted hidden" in page.words
    assert Counter(page.words.split())["hidden"] >= 2


STATES = st.fixed_dictionaries({name: st.integers(min_value=0, max_value=40) for name in "ab"})


@given(st.lists(STATES, min_size=1))
def test_no_two_days_that_are_shown_nor_now_tell_what_few_did_between_them(days: list[dict[str, int]]) -> None:
    places = apart(days)
    told = [days[place] for place in places]
    if places and places[-1] != len(days) - 1:
        told.append(days[-1])

    assert all(count == 0 or count >= SMALLEST for place in places for count in days[place].values())
    for before, after in pairwise(told):
        assert all(abs(before[name] - after[name]) not in range(1, SMALLEST) for name in before)


async def test_participation_is_told_over_time_by_week_and_by_month(
    cloud: Cloud, clock: HandClock, researcher: Person
) -> None:
    for count in (6, 2, 7):
        for _ in range(count):
            await cloud.add_household(fresh_draft())
        clock.move(timedelta(days=35))
    async with cloud.people() as client:
        _, found = await ask(client, "GET", "/management/participation?step=month")
        _, weekly = await ask(client, "GET", "/management/participation?step=week")

    assert [each["not_granted"] for each in found["over_time"]][-1] == 15
    assert 6 not in [each["not_granted"] for each in found["over_time"]]  # from it to the next were two
    assert len(weekly["over_time"]) > len(found["over_time"])
    await researcher.log_in(cloud.secret())  # the session ended long ago
    assert "Over time" in (await researcher.open("/participation?step=week")).words


async def test_counts_are_told_again_for_a_minute(cloud: Cloud, clock: HandClock) -> None:
    async with cloud.people() as client:
        counted = []
        for seconds in (0, 59, 1):
            clock.move(timedelta(seconds=seconds))
            for _ in range(5):
                await cloud.add_household(fresh_draft())
            _, found = await ask(client, "GET", "/management/participation")
            counted.append(found["consent"][0]["households"])

    assert counted == [5, 5, 15]


async def test_before_anybody_takes_part_the_page_says_so(researcher: Person) -> None:
    assert "None yet." in (await researcher.open("/participation")).words


async def _grant(cloud: Cloud, device: str, folder: Path) -> None:
    bundle = await cloud.provision(device, folder)
    async with cloud.device(bundle) as client:
        assert (await ask(client, "POST", "/household/consent"))[0] == 201
