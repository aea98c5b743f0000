"""The repository as devices ask for it: behind their certificate, and behind nothing else."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import ClientSession

from cloud_api.store import devices
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock
from tests.releases.publishing import Publisher
from tests.status.watching import status


@pytest.fixture
async def released(cloud: Cloud) -> Publisher:
    """A release in the folder of a cloud that runs."""
    publisher = Publisher(cloud.folder, cloud.folder.path.parent / "keys")

    def publish() -> None:
        assert publisher.say("init", "--keys", str(publisher.keys)) == 0
        publisher.publish("0.2.0")

    await asyncio.to_thread(publish)
    return publisher


async def got(client: ClientSession, path: str, **headers: str) -> tuple[int, bytes]:
    async with client.get(path, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_a_device_fetches_metadata_and_wheels_whole_or_in_pieces(home: Home, released: Publisher) -> None:
    repository = released.repository
    for name in ("timestamp.json", "1.root.json"):
        assert await got(home.client, f"/updates/metadata/{name}") == (200, (repository.metadata / name).read_bytes())
    file = repository.file(released.target("wheels/zaehlwerk-0.2.0-py3-none-any.whl"))
    path, content = f"/updates/targets/wheels/{file.name}", file.read_bytes()
    assert await got(home.client, path) == (200, content)
    assert await got(home.client, path, Range="bytes=100-199") == (206, content[100:200])


@pytest.mark.parametrize(
    "path",
    [
        "metadata/2.root.json",
        "metadata/proposal.json",
        "metadata/..%2Flock",
        "metadata/..%2F..%2Fpki%2Fupdate-holds.key",
        "targets/keys/0.json",
        f"targets/wheels/{'0' * 64}.whl",
        f"targets/wheels/{'0' * 64}.%2E%2E%2F%2E%2E%2Flock",
        "targets/wheels",
    ],
)
async def test_nothing_else_is_served(home: Home, released: Publisher, path: str) -> None:
    assert (await got(home.client, f"/updates/{path}"))[0] == 404


async def test_neither_consent_nor_scopes_are_asked_for(granted: Home, released: Publisher) -> None:
    assert (await ask(granted.client, "DELETE", "/household/consent"))[0] == 200
    assert (await got(granted.client, "/updates/metadata/timestamp.json"))[0] == 200


async def test_a_certificate_is_asked_for_and_has_to_stand(cloud: Cloud, home: Home, released: Publisher) -> None:
    path = "/updates/metadata/timestamp.json"
    async with cloud.stranger() as stranger:
        assert (await got(stranger, path))[0] == 401
    async with cloud.database() as database, database.write() as connection:
        await devices.deny(connection, UUID(home.device), at=cloud.clock.now())
    async with cloud.away():
        pass
    async with cloud.device(home.bundle) as client:
        assert (await got(client, path))[0] == 403


async def test_what_updates_a_device_is_no_sign_that_its_service_runs(
    cloud: Cloud, home: Home, released: Publisher, clock: HandClock
) -> None:
    clock.move(timedelta(minutes=5))
    assert (await got(home.client, "/updates/metadata/timestamp.json"))[0] == 200
    async with cloud.away():  # whatever was noted is written
        pass
    assert (await status(cloud))["devices"][0]["last_active_at"] is None
