"""Incidents: reported twice they are one, resolved they stay on record, reported again they are open again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from cloud_api.access.shared_secrets import Group
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock

pytestmark = pytest.mark.both_databases

PORT, CODES = "SERIAL-PORT-UNAVAILABLE", "OBIS-CODES-UNAVAILABLE"
ABSENT = {"kind": PORT, "cause": "absent", "detail": "the reading head is not plugged in"}


def path(home: Home, verb: str = "") -> str:
    return f"/household/meter/{home.meter}/incident{verb}"


async def report(home: Home, **said: Any) -> dict[str, Any]:
    status, incident = await ask(home.client, "POST", path(home, "/report"), json=said)
    assert status == 200, incident
    return dict(incident)


async def resolve(home: Home, kind: str = PORT) -> dict[str, Any]:
    status, incident = await ask(home.client, "POST", path(home, "/resolve"), json={"kind": kind})
    assert status == 200, incident
    return dict(incident)


async def listed(client: ClientSession, where: str, **query: str) -> list[dict[str, Any]]:
    """All pages of a list of incidents, two to a page."""
    found: list[dict[str, Any]] = []
    query["limit"] = "2"
    while True:
        status, page = await ask(client, "GET", where, params=query)
        assert status == 200, page
        found += page["incidents"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_reported_twice_it_is_one_with_the_latest_word(granted: Home, clock: HandClock) -> None:
    first = await report(granted, **ABSENT)
    assert {name: first[name] for name in ABSENT} == ABSENT
    assert (first["meter"], first["household"]) == (granted.meter, granted.household["uuid"])
    assert moment(first["opened_at"]) == moment(first["reported_at"]) == clock.now()
    clock.move(timedelta(minutes=15))
    again = await report(granted, kind=PORT, cause="busy")
    assert again == first | {"cause": "busy", "detail": None, "reported_at": again["reported_at"]}
    assert moment(again["reported_at"]) == clock.now()
    assert await listed(granted.client, path(granted)) == [again]


async def test_a_resolved_one_stays_and_a_new_report_opens_another(granted: Home, clock: HandClock) -> None:
    first = await report(granted, **ABSENT)
    clock.move(timedelta(hours=1))
    over = await resolve(granted)
    assert over == first | {"resolved_at": over["resolved_at"]}
    assert moment(over["resolved_at"]) == clock.now()
    clock.move(timedelta(hours=1))
    assert await resolve(granted) == over
    second = await report(granted, **ABSENT)
    assert second["uuid"] != first["uuid"]
    assert await listed(granted.client, path(granted)) == [second, over]
    assert await listed(granted.client, path(granted), open="true") == [second]
    assert await listed(granted.client, path(granted), open="false") == [over]


async def test_kinds_and_meters_have_incidents_of_their_own(granted: Home) -> None:
    port = await report(granted, kind=PORT)
    codes = await report(granted, kind=CODES, cause="locked")
    finer = await report(granted, kind="PROBE-MOVED")
    other = granted.household["meters"][1]["uuid"]
    where = f"/household/meter/{other}/incident"
    _, elsewhere = await ask(granted.client, "POST", f"{where}/report", json={"kind": PORT})
    assert len({each["uuid"] for each in (port, codes, finer, elsewhere)}) == 4
    await resolve(granted, CODES)
    assert {each["kind"] for each in await listed(granted.client, path(granted), open="true")} == {PORT, "PROBE-MOVED"}
    assert await listed(granted.client, where) == [elsewhere]


async def test_what_never_happened_cannot_be_over(granted: Home) -> None:
    assert await code(granted.client, "POST", path(granted, "/resolve"), json={"kind": PORT}) == (404, "not-found")


async def test_another_household_s_meter_has_no_incidents_here(cloud: Cloud, granted: Home) -> None:
    others = (await cloud.add_household())["meters"][0]["uuid"]
    for meter in (others, str(uuid4()), "x"):
        where = f"/household/meter/{meter}/incident"
        assert await code(granted.client, "GET", where) == (404, "not-found")
        for verb in ("report", "resolve"):
            assert await code(granted.client, "POST", f"{where}/{verb}", json={"kind": PORT}) == (404, "not-found")


async def test_without_standing_consent_nothing_is_reported(home: Home) -> None:
    for verb in ("/report", "/resolve"):
        assert await code(home.client, "POST", path(home, verb), json={"kind": PORT}) == (403, "no-consent")
    assert await code(home.client, "GET", path(home)) == (403, "no-consent")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({}, "/kind"),
        ({"kind": "serial"}, "/kind"),
        ({"kind": PORT, "cause": ""}, "/cause"),
        ({"kind": PORT, "detail": "x" * 2001}, "/detail"),
        ({"kind": PORT, "detail": "two\nlines\0"}, "/detail"),
        ({"kind": PORT, "since": "now"}, "/since"),
    ],
)
async def test_a_report_that_is_none_is_refused_by_its_field(granted: Home, said: Any, pointer: str) -> None:
    status, body = await ask(granted.client, "POST", path(granted, "/report"), json=said)
    assert (status, [error["pointer"] for error in body["errors"]]) == (422, [pointer])


async def test_administrators_see_all_of_them_newest_first(cloud: Cloud, granted: Home, clock: HandClock) -> None:
    reported = []
    for number in range(5):
        clock.move(timedelta(minutes=number))
        reported.append(await report(granted, kind=f"KIND-{number}"))
    async with cloud.people(Group.ADMINISTRATOR) as people:
        assert await listed(people, "/management/incident", open="true") == reported[::-1]
        assert await code(people, "GET", "/management/incident", params={"cursor": "f" * 15 + "-x"}) == (
            422,
            "invalid-fields",
        )
        beyond = {"cursor": f"{'f' * 15}-{'f' * 32}"}
        assert len(await listed(people, "/management/incident", **beyond)) == 5
    async with cloud.people() as people:
        assert await code(people, "GET", "/management/incident") == (403, "forbidden")
