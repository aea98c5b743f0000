"""A device's last activity and its versions, as it says itself; and how administrators list devices."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from cloud_api.access.shared_secrets import Group
from cloud_api.store import activity
from cloud_api.store.activity import versions
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock
from tests.waiting import until

pytestmark = pytest.mark.both_databases

AGENT = "zaehlwerk-edge/0.1.0 (python/3.11.2; sqlite/3.40.1; aiohttp/3.14.5)"
SAID = {"zaehlwerk-edge": "0.1.0", "python": "3.11.2", "sqlite": "3.40.1", "aiohttp": "3.14.5"}


async def status_of(home: Home, **headers: str) -> dict[str, Any]:
    status, body = await ask(home.client, "GET", "/household/measurement_device", headers=headers)
    assert status == 200
    (device,) = body["measurement_devices"]
    return dict(device)


async def active_at(home: Home, moment: datetime, *, agent: str) -> dict[str, Any]:
    """Ask until the device is known to have been active at a moment."""
    async with home.client.get("/household", headers={"User-Agent": agent}) as answer:
        assert answer.status == 200
    found: dict[str, Any] = {}

    for _ in range(200):
        found = await status_of(home, **{"User-Agent": agent})
        if found["last_active_at"] and datetime.fromisoformat(found["last_active_at"]) == moment:
            return found
    raise AssertionError(found)


async def test_each_request_tells_when_a_device_was_here_and_what_runs_on_it(home: Home, clock: HandClock) -> None:
    found = await active_at(home, clock.now(), agent=AGENT)
    assert found["versions"] == SAID


async def test_it_is_written_once_a_minute_at_most(home: Home, clock: HandClock) -> None:
    first = clock.now()
    await active_at(home, first, agent=AGENT)
    clock.move(timedelta(seconds=59))
    newer = AGENT.replace("0.1.0", "0.2.0")
    found = await status_of(home, **{"User-Agent": newer})
    assert (datetime.fromisoformat(found["last_active_at"]), found["versions"]) == (first, SAID)
    clock.move(timedelta(seconds=1))
    found = await active_at(home, clock.now(), agent=newer)
    assert found["versions"] == SAID | {"zaehlwerk-edge": "0.2.0"}


async def test_another_program_is_active_and_says_nothing_of_versions(home: Home, clock: HandClock) -> None:
    await active_at(home, clock.now(), agent=AGENT)
    clock.move(timedelta(minutes=1))
    assert (await active_at(home, clock.now(), agent="curl/7.88.1"))["versions"] == SAID


async def test_what_was_noted_last_is_written_before_the_end(cloud: Cloud, home: Home, clock: HandClock) -> None:
    await ask(home.client, "GET", "/household", headers={"User-Agent": AGENT})
    async with cloud.away():
        pass
    async with cloud.people(Group.ADMINISTRATOR) as people:
        _, page = await ask(people, "GET", "/management/measurement_device")
    (device,) = page["measurement_devices"]
    assert datetime.fromisoformat(device["last_active_at"]) == clock.now()


async def test_a_database_that_fails_costs_no_request(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise OperationalError("UPDATE", {}, ValueError())

    monkeypatch.setattr(activity, "_write", fail)
    assert (await ask(home.client, "GET", "/household"))[0] == 200
    await until(lambda: "the activity of 1 devices could not be written" in caplog.text)


async def test_administrators_list_devices_page_by_page(cloud: Cloud, granted: Home, tmp_path: Path) -> None:
    households = [granted.household, *[await cloud.add_household() for _ in range(4)]]
    kinds = ("SERIAL-PORT-UNAVAILABLE", "OBIS-CODES-UNAVAILABLE")
    for kind in kinds:
        await ask(granted.client, "POST", f"/household/meter/{granted.meter}/incident/report", json={"kind": kind})
    done = {"kind": kinds[0]}
    await ask(granted.client, "POST", f"/household/meter/{granted.meter}/incident/resolve", json=done)
    found: list[dict[str, Any]] = []
    query = {"limit": "2"}
    async with cloud.people(Group.ADMINISTRATOR) as people:
        while True:
            _, page = await ask(people, "GET", "/management/measurement_device", params=query)
            found += page["measurement_devices"]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
    assert [device["uuid"] for device in found] == sorted(
        device["uuid"] for household in households for device in household["measurement_devices"]
    )
    counted = {device["household"]: device["open_incidents"] for device in found}
    assert counted == {household["uuid"]: int(household is granted.household) for household in households}


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (AGENT, SAID),
        ("zaehlwerk-edge/0.1.0", {"zaehlwerk-edge": "0.1.0"}),
        ("zaehlwerk-edge/0.1.0+local.1 (a/1;b/2)", {"zaehlwerk-edge": "0.1.0+local.1", "a": "1", "b": "2"}),
        ("zaehlwerk-edge/0.1.0 (a/1/2; <b>/3; c/" + "4" * 65 + ")", {"zaehlwerk-edge": "0.1.0"}),
        ("", {}),
        ("Mozilla/5.0 zaehlwerk-edge/0.1.0", {}),
    ],
)
def test_versions_are_read_out_of_what_a_device_says(agent: str, said: dict[str, str]) -> None:
    assert versions(agent) == said


def test_no_more_versions_are_kept_than_a_device_has_components() -> None:
    many = "; ".join(f"c{number}/1" for number in range(100))
    assert len(versions(f"zaehlwerk-edge/0.1.0 ({many})")) == activity.MOST
