"""The page of releases, as an administrator sees it."""

import asyncio

import pytest

from cloud_api.access.shared_secrets import Group
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock
from tests.registration.person import Person, person
from tests.releases.publishing import Publisher
from tests.releases.test_watch import BACK, NEW, QUARTER, contact, released, settled, watching
from tests.status.watching import status

__all__ = ["released"]


async def test_shares_and_versions_are_shown(
    cloud: Cloud, granted: Home, released: Publisher, administrator: Person, clock: HandClock
) -> None:
    clock.move(QUARTER)
    await contact(granted, NEW)
    await settled(cloud)
    await asyncio.to_thread(released.publish, "0.3.0")
    page = await administrator.open("/releases")
    assert page.status == 200
    assert page.heading == "Releases"
    assert "0.3.0 stable offered 100 %" in page.words.replace("100%", "100 %")
    assert "What devices run Version Devices Share 0.2.0 1 100" in page.words


async def test_a_stopped_release_is_shown_with_what_failed_and_why(
    cloud: Cloud, granted: Home, released: Publisher, administrator: Person, clock: HandClock
) -> None:
    clock.move(QUARTER)
    await contact(granted, BACK)
    await settled(cloud)
    async with watching(cloud) as rounds:
        await rounds.one()
    page = await administrator.open("/releases")
    assert "Release 0.2.0 was stopped by itself." in page.words
    assert "1 of 1 devices failed, rolled back or fell silent" in page.words
    assert f"{granted.device} was rolled back" in page.words
    assert "nothing was stored" in page.words
    page = await administrator.open(f"/{granted.device}")
    assert "Update 0.2.0 was rolled back: nothing was stored" in page.words
    assert "update: 0.2.0 was rolled back" in (await administrator.open()).words


async def test_without_a_release_the_page_says_so_in_german_too(cloud: Cloud, home: Home) -> None:
    async with person(cloud, "status", Group.ADMINISTRATOR, language="de") as someone:
        page = await someone.open("/releases")
    assert page.heading == "Freigaben"
    assert "Noch wurde nichts freigegeben." in page.words


async def test_a_repository_that_cannot_be_read_is_no_empty_one(cloud: Cloud, released: Publisher) -> None:
    (released.repository.metadata / "1.root.json").unlink()
    async with cloud.people(Group.ADMINISTRATOR) as people:
        assert (await ask(people, "GET", "/management/release"))[0] == 503


@pytest.mark.parametrize(
    "update",
    [
        "",
        "no json",
        "[]",
        '{"tried": "../../etc", "reason": "x"}',
        '{"tried": 1}',
        '{"tried": "\ud800"}'.encode("utf-16", "surrogatepass").hex(),
    ],
)
async def test_what_a_device_says_of_its_update_is_taken_only_where_it_can_be(
    cloud: Cloud, granted: Home, clock: HandClock, update: str
) -> None:
    clock.move(QUARTER)
    await contact(granted, BACK | {"Zaehlwerk-Update": update})
    await settled(cloud)
    (device,) = (await status(cloud))["devices"]
    assert (device["update_state"], device["update_tried"], device["update_reason"]) == ("rolled-back", None, None)
