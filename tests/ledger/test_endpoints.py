"""The ledger over the wire: what a device is asked, what it says, and what both sides then read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloud_api.ledger.states import SLOT
from tests.cloud.asking import UPLOAD, ask, code, measured, pointers
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock

LEDGER, LACKING, MISSING = "/household/ledger", "/household/ledger/lacking", "/household/ledger/missing"


def grid(moment: datetime, slots: int = 0) -> datetime:
    """The first slot after a moment, and so many on."""
    return moment - (moment - datetime(1970, 1, 1, tzinfo=UTC)) % SLOT + (1 + slots) * SLOT


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
async def evening(granted: Home, clock: HandClock) -> tuple[Home, datetime]:
    """Four hours after consent; the first slot after it."""
    first = grid(clock.now())
    clock.move(timedelta(hours=4))
    return granted, first


def of_first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["meters"][0]
    return found


async def test_what_was_measured_late_and_what_is_missing_is_told_to_device_and_researcher_alike(
    evening: tuple[Home, datetime], cloud: Cloud, clock: HandClock
) -> None:
    home, first = evening
    late = measured(home.meter, text(first), text(first + SLOT + timedelta(seconds=2)))
    recent = measured(home.meter, text(grid(clock.now(), -3)), text(grid(clock.now(), -2)))
    for batch in (late, recent):
        assert (await ask(home.client, "POST", UPLOAD, json=batch))[1] == {"stored": 2, "duplicates": 0}
    gone = {"meter": home.meter, "from": text(first + 2 * SLOT), "to": text(first + 5 * SLOT), "reason": "port-gone"}
    assert await ask(home.client, "POST", MISSING, json={"missing": [gone]}) == (200, {"slots": 3})

    status, seen = await ask(home.client, "GET", LEDGER, params={"runs": "true"})
    assert status == 200
    meter = of_first(seen)
    assert (meter["measured"], meter["late"]) == (2, 2)
    assert meter["reasons"] == {"port-gone": 3, "unknown": meter["missing"] - 3}
    assert meter["expected"] == meter["measured"] + meter["late"] + meter["missing"]
    assert meter["completeness"] == 4 / meter["expected"]
    assert [(run["state"], run["reason"]) for run in meter["runs"][:4]] == [
        ("not-expected", None),
        ("late", None),
        ("missing", "port-gone"),
        ("missing", "unknown"),
    ]
    assert meter["runs"][-1]["to"] == text(grid(clock.now()))
    async with cloud.people() as people:
        path = f"/management/household/{home.household['uuid']}/ledger"
        assert await ask(people, "GET", path, params={"runs": "true"}) == (200, seen)


async def test_sending_again_what_came_in_time_does_not_make_it_late(granted: Home, clock: HandClock) -> None:
    clock.move(timedelta(minutes=20))
    batch = measured(granted.meter, text(grid(clock.now(), -1)))
    await ask(granted.client, "POST", UPLOAD, json=batch)
    clock.move(timedelta(hours=5))
    assert (await ask(granted.client, "POST", UPLOAD, json=batch))[1] == {"stored": 0, "duplicates": 1}
    _, seen = await ask(granted.client, "GET", LEDGER)
    assert (of_first(seen)["measured"], of_first(seen)["late"]) == (1, 0)


async def test_a_device_is_asked_until_it_has_accounted_for_every_slot(
    evening: tuple[Home, datetime], clock: HandClock
) -> None:
    home, first = evening
    _, asked = await ask(home.client, "GET", LACKING)
    mine = [each for each in asked["lacking"] if each["meter"] == home.meter]
    assert [each["from"] for each in mine] == [text(first)]
    answers = [each | {"reason": "unknown"} for each in asked["lacking"]]
    assert (await ask(home.client, "POST", MISSING, json={"missing": answers}))[0] == 200
    assert await ask(home.client, "GET", LACKING) == (200, {"lacking": []})
    later = [each | {"reason": "device-off"} for each in asked["lacking"]]
    await ask(home.client, "POST", MISSING, json={"missing": later})
    _, seen = await ask(home.client, "GET", LEDGER)
    assert of_first(seen)["reasons"] == {"device-off": of_first(seen)["missing"]}


async def test_a_device_that_never_said_why_was_off_unless_another_of_its_meters_was_heard(
    evening: tuple[Home, datetime], clock: HandClock
) -> None:
    home, first = evening
    other = home.household["meters"][1]["uuid"]
    await ask(home.client, "POST", UPLOAD, json=measured(other, text(first + SLOT)))
    gone = {"meter": other, "from": text(first + 2 * SLOT), "to": text(first + 3 * SLOT), "reason": "port-gone"}
    await ask(home.client, "POST", MISSING, json={"missing": [gone]})
    clock.move(timedelta(days=15))
    _, seen = await ask(home.client, "GET", LEDGER, params={"runs": "true", "to": text(first + 4 * SLOT)})
    assert [(run["reason"], run["to"]) for run in of_first(seen)["runs"][1:]] == [
        ("device-off", text(first + SLOT)),
        ("unknown", text(first + 3 * SLOT)),
        ("device-off", text(first + 4 * SLOT)),
    ]
    _, asked = await ask(home.client, "GET", LACKING)
    assert min(each["from"] for each in asked["lacking"]) > text(clock.now() - timedelta(days=14, minutes=15))


async def test_what_cannot_be_is_refused_by_its_field(evening: tuple[Home, datetime], clock: HandClock) -> None:
    home, first = evening

    def said(**changes: Any) -> dict[str, Any]:
        right = {"meter": home.meter, "from": text(first), "to": text(first + SLOT), "reason": "port-gone"}
        return {"missing": [right | changes]}

    beside = text(first + timedelta(minutes=1))
    assert await pointers(home.client, MISSING, said(**{"from": beside})) == ["/missing/0/from"]
    assert await pointers(home.client, MISSING, said(to=text(first))) == ["/missing/0/to"]
    ahead = text(grid(clock.now(), 2))
    assert await pointers(home.client, MISSING, said(to=ahead)) == ["/missing/0/to"]
    assert await pointers(home.client, MISSING, said(reason="holiday")) == ["/missing/0/reason"]
    stranger = "00000000-0000-4000-8000-000000000000"
    assert await code(home.client, "POST", MISSING, json=said(meter=stranger)) == (404, "not-found")
    assert (await code(home.client, "GET", LEDGER, params={"from": "2026-11-24T10:00:00+01:00"}))[0] == 422


async def test_without_consent_nothing_is_asked_or_taken(home: Home, cloud: Cloud) -> None:
    assert await code(home.client, "GET", LACKING) == (403, "no-consent")
    status, seen = await ask(home.client, "GET", LEDGER)
    assert (status, seen["completeness"], of_first(seen)["expected"]) == (200, None, 0)
    async with cloud.people() as people:
        nowhere = "/management/household/00000000-0000-4000-8000-000000000000/ledger"
        assert await code(people, "GET", nowhere) == (404, "not-found")
