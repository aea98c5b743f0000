"""The watch over releases: what goes wrong with the first devices stops a release, and somebody is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cloud_api.fleet.releases.holding import resume
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.repository import Repository
from cloud_api.fleet.releases.writing import refresh
from cloud_api.monitoring.settings import Monitoring, WebhookSettings
from cloud_api.pages.words import speaking
from cloud_api.store import audit
from cloud_api.store.schema import audit as table
from cloud_api.watch.channels import channels
from cloud_api.watch.releases import ReleaseWatch
from cloud_api.watch.rounds import Rounds
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, fresh_draft
from tests.releases.publishing import Publisher
from tests.status.watching import Hook, hook_server

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
OLD = {"User-Agent": "zaehlwerk-edge/0.1.0 (python/3.11.2)", "Zaehlwerk-State": "buffered=0, update=current"}
NEW = {"User-Agent": "zaehlwerk-edge/0.2.0 (python/3.11.2)", "Zaehlwerk-State": "buffered=0, update=kept"}
BACK = OLD | {
    "Zaehlwerk-State": "buffered=0, update=rolled-back",
    "Zaehlwerk-Update": json.dumps(
        {"version": "0.1.0", "slot": "0.1.0", "state": "rolled-back", "tried": "0.2.0", "reason": "nothing was stored"}
    ),
}


@asynccontextmanager
async def watching(cloud: Cloud, hook: Hook | None = None) -> AsyncIterator[Rounds]:
    """Rounds that are gone by hand, as `cloud-api run` goes them."""
    ways = channels(Monitoring(webhook=WebhookSettings(url=hook.url)), speaking) if hook else []
    async with cloud.database() as database:
        since = cloud.clock.now() - 4 * HOUR
        watch = ReleaseWatch(
            database=database, repository=Repository(cloud.folder.releases), pki=cloud.folder.pki, since=since
        )
        yield Rounds(database=database, clock=cloud.clock, channels=ways, since=since, releases=watch)


async def contact(home: Home, headers: dict[str, str]) -> None:
    async with home.client.get("/household/consent", headers=headers) as answer:
        assert answer.status == 200


async def settled(cloud: Cloud) -> None:
    """What was noted of devices is written."""
    async with cloud.away():
        pass


async def audited(cloud: Cloud) -> list[tuple[str, str]]:
    async with cloud.database() as database, database.read() as connection:
        assert (await audit.verify(connection)).broken is None
        return [(row.who, row.what) for row in await connection.execute(select(table).order_by(table.c.number))]


@pytest.fixture
async def released(cloud: Cloud) -> Publisher:
    """A release that everybody may have."""
    publisher = Publisher(cloud.folder, cloud.folder.path.parent / "keys")

    def publish() -> None:
        assert publisher.say("init", "--keys", str(publisher.keys)) == 0
        publisher.publish("0.2.0", "--rollout", "100%")

    await asyncio.to_thread(publish)
    return publisher


def held(publisher: Publisher) -> dict[str, Any]:
    found: dict[str, Any] = publisher.document("holds/stable.json") or {"held": {}}
    return dict(found["held"])


async def test_a_device_that_rolled_back_stops_the_release_and_somebody_is_told_once(
    cloud: Cloud, granted: Home, released: Publisher, clock: HandClock
) -> None:
    clock.move(QUARTER)
    await contact(granted, BACK)
    await settled(cloud)
    reason = "1 of 1 devices failed, rolled back or fell silent"
    async with hook_server() as hook, watching(cloud, hook) as rounds:
        await rounds.one()
        clock.move(HOUR)
        await rounds.one()
    assert held(released) == {"0.2.0": reason}
    assert ("watch", f"release 0.2.0 held: {reason}") in await audited(cloud)
    (document,) = hook.documents()
    assert document["text"].startswith("Zählwerk: somebody is needed (RELEASE-STOPPED 0.2.0)")
    assert reason in document["text"]
    assert [notice["about"] for notice in document["notices"]] == ["0.2.0"]


async def test_what_a_person_resumes_is_stopped_by_what_is_new_alone(
    cloud: Cloud, granted: Home, released: Publisher, clock: HandClock
) -> None:
    clock.move(QUARTER)
    await contact(granted, BACK)
    await settled(cloud)
    async with watching(cloud) as rounds:
        await rounds.one()
        assert held(released)
        repository = released.repository
        keys = Keyring.online(cloud.folder.pki)
        clock.move(QUARTER)
        assert resume(repository, keys, "0.2.0", clock.now())
        for _ in range(2):
            clock.move(QUARTER)
            await rounds.one()
        assert held(released) == {}


async def test_devices_that_keep_a_version_let_it_go_on(
    cloud: Cloud, granted: Home, released: Publisher, clock: HandClock
) -> None:
    clock.move(QUARTER)
    await contact(granted, NEW)
    await settled(cloud)
    async with watching(cloud) as rounds:
        for _ in range(4):
            await rounds.one()
            clock.move(QUARTER)
    assert held(released) == {}


async def test_a_version_with_which_less_is_measured_is_stopped(
    cloud: Cloud, granted: Home, released: Publisher, clock: HandClock, tmp_path: Any
) -> None:
    """Two meters that measure nothing for a night, while those of another household go on."""
    other = await cloud.add_household(fresh_draft())
    bundle = await cloud.provision(other["measurement_devices"][0]["uuid"], tmp_path / "other")
    async with cloud.device(bundle) as client:
        assert (await ask(client, "POST", "/household/consent"))[0] == 201
        clock.move(QUARTER)
        await contact(granted, NEW)
        for _ in range(40):
            clock.move(QUARTER)
            time = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
            for meter in other["meters"]:
                batch = measured(meter["uuid"], time)
                assert (await ask(client, "POST", UPLOAD, json=batch, headers=OLD))[0] == 200
        await contact(granted, NEW)
    await settled(cloud)
    async with watching(cloud) as rounds:
        await rounds.one()
    (reason,) = held(released).values()
    assert reason.startswith("measurements are complete to 0.0%")


async def test_signatures_of_the_service_are_renewed_before_they_end(
    cloud: Cloud, released: Publisher, clock: HandClock
) -> None:
    before = released.repository.state()
    async with watching(cloud) as rounds:
        await rounds.one()
        assert released.repository.state().timestamp.signed.version == before.timestamp.signed.version
        clock.move(13 * HOUR)
        await rounds.one()
    after = released.repository.state()
    assert after.timestamp.signed.expires > clock.now() + 23 * HOUR
    assert after.snapshot.signed.version == before.snapshot.signed.version
    assert refresh(released.repository, Keyring.online(cloud.folder.pki), clock.now() + timedelta(days=4)) == [
        "holds",
        "snapshot",
        "timestamp",
    ]


async def test_somebody_is_told_when_signatures_of_holders_end_or_the_service_cannot_sign(
    cloud: Cloud, released: Publisher, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    (cloud.folder.pki / "update-timestamp.key").unlink()
    clock.move(timedelta(days=80))
    async with hook_server() as hook, watching(cloud, hook) as rounds:
        await rounds.one()
        await rounds.one()
    (document,) = hook.documents()
    assert {notice["about"] for notice in document["notices"]} == {"targets", "timestamp"}
    assert "`cloud-api release refresh --keys`" in document["text"]
    assert caplog.text.count("expected update-timestamp.key") == 1


async def test_a_repository_that_cannot_be_read_is_told_of_and_the_rounds_go_on(
    cloud: Cloud, released: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    for file in released.repository.metadata.glob("*.targets.json"):
        file.unlink()
    async with watching(cloud) as rounds:
        await rounds.one()
    assert "is not as it was written" in caplog.text


async def test_a_cloud_without_releases_has_nothing_to_watch(cloud: Cloud) -> None:
    async with watching(cloud) as rounds:
        assert rounds.releases
        assert await rounds.releases.one(cloud.clock.now()) == []
