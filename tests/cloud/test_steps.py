"""Measurements in steps: energy as the difference of counters, power as the mean, every gap shown as a gap."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.cloud.asking import UPLOAD, ask
from tests.cloud.conftest import Home

pytestmark = pytest.mark.both_databases

START = datetime(2026, 11, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
COUNTER, POWER = "0100010800ff", "0100100700ff"


def at(slot: int, seconds: float = 2.118) -> str:
    """Shortly after a quarter of an hour, as telegrams arrive."""
    return (START + slot * QUARTER + timedelta(seconds=seconds)).isoformat()


async def send(home: Home, *measured: tuple[str, float, float]) -> None:
    """Upload measurements: time, counter, power."""
    batch = [
        {"meter": home.meter, "time": time, "data": [{COUNTER: counter}, {POWER: power}]}
        for time, counter, power in measured
    ]
    status, body = await ask(home.client, "POST", UPLOAD, json={"measurements": batch})
    assert (status, body) == (200, {"stored": len(batch), "duplicates": 0})


async def steps(home: Home, step: str, **query: str) -> list[tuple[int, int, dict[str, Any]]]:
    """Where each step begins, in slots, how many of its slots were measured, and its registers."""
    path = f"/household/meter/{home.meter}/measurement"
    async with home.client.get(path, params={"step": step, **query}) as answer:
        page = json.loads(await answer.text(), parse_float=Decimal)
        assert answer.status == 200, page
    return [
        (
            (datetime.fromisoformat(each["time"]) - START) // QUARTER,
            each["slots"],
            {code: value for register in each["data"] for code, value in register.items()},
        )
        for each in page["measurements"]
    ]


async def test_a_quarter_shows_what_was_drawn_in_it(granted: Home) -> None:
    await send(granted, (at(0), 10234.7412, 0.2), (at(1), 10234.8001, 0.4), (at(2), 10235.0, -0.431))
    assert await steps(granted, "15min") == [
        (0, 1, {COUNTER: Decimal("0.0589"), POWER: Decimal("0.2")}),
        (1, 1, {COUNTER: Decimal("0.1999"), POWER: Decimal("0.4")}),
        (2, 1, {POWER: Decimal("-0.431")}),
    ]


async def test_an_hour_and_a_day_are_between_their_own_ends(granted: Home) -> None:
    await send(granted, *((at(slot), 100 + slot * 0.25, slot % 4) for slot in range(2 * 96 + 1)))
    hours = await steps(granted, "hour")
    assert hours[:3] == [(4 * hour, 4, {COUNTER: 1, POWER: Decimal("1.5")}) for hour in range(3)]
    assert hours[-1] == (192, 1, {POWER: 0})
    assert await steps(granted, "day") == [
        (0, 96, {COUNTER: 24, POWER: Decimal("1.5")}),
        (96, 96, {COUNTER: 24, POWER: Decimal("1.5")}),
        (192, 1, {POWER: 0}),
    ]


async def test_every_gap_is_shown_as_a_gap(granted: Home) -> None:
    await send(granted, (at(0), 1, 1), (at(1), 2, 2), (at(4), 5, 3), (at(5), 6, 3))
    assert await steps(granted, "15min", to=at(5, 0)) == [
        (0, 1, {COUNTER: 1, POWER: 1}),
        (1, 1, {POWER: 2}),
        (2, 0, {}),
        (3, 0, {}),
        (4, 1, {COUNTER: 1, POWER: 3}),
    ]
    assert await steps(granted, "hour", **{"from": at(-4, 0), "to": at(12, 0)}) == [
        (-4, 0, {}),
        (0, 2, {COUNTER: 4, POWER: Decimal("1.5")}),
        (4, 2, {POWER: 3}),
        (8, 0, {}),
    ]


async def test_a_counter_that_went_back_tells_no_energy(granted: Home) -> None:
    await send(granted, (at(0), 900, 1), (at(1), 0, 1), (at(2), 0, 1))
    assert [registers for _, _, registers in await steps(granted, "15min")] == [
        {POWER: 1},
        {COUNTER: 0, POWER: 1},
        {POWER: 1},
    ]


async def test_the_first_measurement_of_a_slot_is_the_slot_s(granted: Home) -> None:
    await send(granted, (at(0), 1, 1), (at(0, 600), 9, 9), (at(1), 3, 1))
    assert (await steps(granted, "15min"))[0] == (0, 1, {COUNTER: 2, POWER: 1})


async def test_steps_begin_within_the_period_and_are_read_page_by_page(granted: Home) -> None:
    await send(granted, *((at(slot), slot, 0) for slot in range(12)))
    whole = await steps(granted, "15min", **{"from": at(2, 1), "to": at(9, 0)})
    assert [place for place, _, _ in whole] == [3, 4, 5, 6, 7, 8]
    query = {"step": "15min", "from": at(2, 1), "to": at(9, 0), "limit": "4"}
    path = f"/household/meter/{granted.meter}/measurement"
    _, first = await ask(granted.client, "GET", path, params=query)
    assert len(first["measurements"]) == 4
    _, second = await ask(granted.client, "GET", path, params=query | {"cursor": first["next"]})
    assert [len(second["measurements"]), second["next"]] == [2, None]
    times = [each["time"] for page in (first, second) for each in page["measurements"]]
    assert [datetime.fromisoformat(time) for time in times] == [START + place * QUARTER for place, _, _ in whole]


async def test_a_meter_without_measurements_has_gaps_where_they_are_asked_for(granted: Home) -> None:
    assert await steps(granted, "hour") == []
    assert await steps(granted, "hour", **{"from": at(0, 0), "to": at(8, 0)}) == [(0, 0, {}), (4, 0, {})]
    assert await steps(granted, "day", **{"from": at(8, 0), "to": at(0, 0)}) == []


@pytest.mark.parametrize("bounds", [("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), ("9999-12-31T23:59:59Z",) * 2])
async def test_the_ends_of_the_calendar_are_periods_like_any_other(granted: Home, bounds: tuple[str, str]) -> None:
    begin, end = bounds
    await send(granted, (at(0), 1, 1))
    assert len(await steps(granted, "day", **{"from": begin, "to": end})) in {0, 1000}
    assert await steps(granted, "day", **{"from": begin, "to": end, "cursor": end}) == []


async def test_another_step_is_refused(granted: Home) -> None:
    path = f"/household/meter/{granted.meter}/measurement"
    status, body = await ask(granted.client, "GET", path, params={"step": "month"})
    assert (status, body["errors"][0]) == (422, {"pointer": "/step", "detail": "Expected 15min or day or hour"})
