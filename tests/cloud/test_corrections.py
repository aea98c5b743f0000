"""A participant reports a mistake, a researcher applies or declines it with a word, the participant sees which."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from cloud_api.store import corrections
from tests.cloud.asking import NOBODY, ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock

OWN, ALL = "/household/correction", "/management/correction"


async def report(home: Home, field: str, value: str) -> dict[str, Any]:
    status, correction = await ask(home.client, "POST", OWN, json={"field": field, "value": value})
    assert status == 201, correction
    return dict(correction)


async def decide(cloud: Cloud, correction: dict[str, Any], verb: str, **form: str) -> tuple[int, Any]:
    async with cloud.people() as people:
        return await ask(people, "POST", f"{ALL}/{correction['uuid']}/{verb}", json=form)


async def registered(cloud: Cloud, home: Home) -> dict[str, Any]:
    async with cloud.people() as people:
        _, household = await ask(people, "GET", f"/management/household/{home.household['uuid']}")
    return dict(household)


@pytest.mark.both_databases
async def test_an_applied_one_is_in_the_household_and_the_participant_sees_the_word(
    cloud: Cloud, home: Home, clock: HandClock
) -> None:
    reported = await report(home, "/address/house_number", "4b")
    assert (reported["state"], reported["word"], reported["household"]) == ("open", None, home.household["uuid"])
    async with cloud.people() as people:
        assert await ask(people, "GET", ALL) == (200, {"corrections": [reported], "next": None})
    clock.move(timedelta(days=1))
    status, applied = await decide(cloud, reported, "apply", word="Thank you")
    assert (status, applied["state"], applied["word"]) == (200, "applied", "Thank you")
    assert datetime.fromisoformat(applied["decided_at"]) == clock.now()
    assert (await ask(home.client, "GET", OWN))[1]["corrections"] == [applied]
    assert (await ask(home.client, "GET", "/household"))[1]["address"]["house_number"] == "4b"


async def test_a_declined_one_changes_nothing(cloud: Cloud, home: Home) -> None:
    reported = await report(home, "/metadata/adults", "7")
    status, declined = await decide(cloud, reported, "decline", word="Two are registered")
    assert (status, declined["state"], declined["word"]) == (200, "declined", "Two are registered")
    assert (await ask(home.client, "GET", OWN))[1]["corrections"] == [declined]
    assert await registered(cloud, home) == home.household


@pytest.mark.parametrize(
    ("part", "name", "value", "becomes"),
    [
        ("participant", "name", "Erika Musterfrau", "Erika Musterfrau"),
        ("metadata", "children", "3", 3),
        ("metadata", "heat_pump", "true", True),
        ("location", "latitude", "50.1", 50.1),
        ("measurement_devices", "name", "attic", "attic"),
        ("meters", "model_number", "EASY", "EASY"),
        ("pv_systems", "tilt", "30.5", 30.5),
        ("pv_systems", "installation_date", "2013-01-02", "2013-01-02"),
    ],
)
async def test_words_become_what_the_field_holds(
    cloud: Cloud, home: Home, part: str, name: str, value: str, becomes: Any
) -> None:
    there = home.household[part]
    pointer = f"/{part}/{there[0]['uuid']}/{name}" if isinstance(there, list) else f"/{part}/{name}"
    status, _ = await decide(cloud, await report(home, pointer, value), "apply", word="done")
    assert status == 200
    changed = (await registered(cloud, home))[part]
    entry, before = (changed[0], there[0]) if isinstance(there, list) else (changed, there)
    assert entry == before | {name: becomes}


async def test_words_that_are_no_value_can_be_put_into_one(cloud: Cloud, home: Home) -> None:
    (system,) = home.household["pv_systems"]
    reported = await report(home, f"/pv_systems/{system['uuid']}/tilt", "rather flat, about thirty")
    status, body = await decide(cloud, reported, "apply", word="done")
    assert (status, [error["pointer"] for error in body["errors"]]) == (422, ["/value"])
    assert (await decide(cloud, reported, "apply", word="done", value="30"))[0] == 200
    assert (await registered(cloud, home))["pv_systems"] == [system | {"tilt": 30}]


async def test_a_value_that_does_not_fit_leaves_it_open(cloud: Cloud, home: Home) -> None:
    reported = await report(home, "/metadata/adults", "0")
    status, body = await decide(cloud, reported, "apply", word="done")
    assert (status, [error["pointer"] for error in body["errors"]]) == (422, ["/metadata/employed_adults"])
    assert (await ask(home.client, "GET", OWN))[1]["corrections"] == [reported]


async def test_it_is_decided_once(cloud: Cloud, home: Home) -> None:
    reported = await report(home, "/address/city", "Mainz")
    await decide(cloud, reported, "decline", word="no")
    for verb in ("apply", "decline"):
        assert (await decide(cloud, reported, verb, word="yes"))[0] == 409
    assert await registered(cloud, home) == home.household
    for uuid in ("x", str(uuid4())):
        for verb in ("apply", "decline"):
            assert (await decide(cloud, {"uuid": uuid}, verb, word="yes"))[0] == 404


async def test_a_part_that_is_gone_cannot_be_corrected(cloud: Cloud, home: Home) -> None:
    (system,) = home.household["pv_systems"]
    reported = await report(home, f"/pv_systems/{system['uuid']}/tilt", "30")
    async with cloud.people() as people:
        await people.patch(f"/management/household/{home.household['uuid']}", json={"pv_systems": []})
    assert (await decide(cloud, reported, "apply", word="done"))[0] == 409


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("/address", "x", "/field"),
        ("/consent/state", "x", "/field"),
        (f"/meters/{NOBODY}/model_number", "EASY", "/field"),
        ("/address/city", "", "/value"),
        ("/address/city", 7, "/value"),
    ],
)
async def test_what_is_no_field_of_the_household_is_refused(home: Home, field: str, value: Any, pointer: str) -> None:
    status, body = await ask(home.client, "POST", OWN, json={"field": field, "value": value})
    assert (status, [error["pointer"] for error in body["errors"]]) == (422, [pointer])


@pytest.mark.both_databases
async def test_they_are_listed_by_state_and_page_newest_first(cloud: Cloud, home: Home, clock: HandClock) -> None:
    reported = []
    for number in range(5):
        reported.append(await report(home, "/address/city", f"City {number}"))
        clock.move(timedelta(seconds=1))
    await decide(cloud, reported[0], "decline", word="no")
    found, query = [], {"state": "open", "limit": "3"}
    async with cloud.people() as people:
        while True:
            _, page = await ask(people, "GET", ALL, params=query)
            found += page["corrections"]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        assert found == reported[:0:-1]
        assert (await code(people, "GET", ALL, params={"state": "new"})) == (422, "invalid-fields")


async def test_only_so_many_wait_at_a_time(home: Home, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "MOST_OPEN", 1)
    first = await report(home, "/address/city", "Mainz")
    again = {"field": "/address/city", "value": "Worms"}
    assert await code(home.client, "POST", OWN, json=again) == (409, "fixed")
    await decide(cloud, first, "decline", word="no")
    await report(home, "/address/city", "Worms")


@pytest.mark.both_databases
async def test_revoking_erases_them(cloud: Cloud, granted: Home) -> None:
    reported = await report(granted, "/address/city", "Mainz")
    where = f"/household/meter/{granted.meter}/incident/report"
    await ask(granted.client, "POST", where, json={"kind": "X-1", "cause": "Erika", "detail": "in Mainz"})
    assert (await granted.client.delete("/household/consent")).status == 200
    async with cloud.people() as people:
        assert (await ask(people, "GET", ALL))[1]["corrections"] == []
    assert (await decide(cloud, reported, "apply", word="done"))[0] == 404
    assert await code(granted.client, "POST", OWN, json={"field": "/address/city", "value": "x"}) == (403, "no-consent")
