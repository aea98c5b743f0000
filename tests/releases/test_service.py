"""Releases and the service that runs: it renews what it signs, and a backup of it holds a repository that stands."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cloud_api.clock import SystemClock
from cloud_api.fleet.releases import making
from cloud_api.fleet.releases.repository import Repository
from cloud_api.folder import copies
from cloud_api.folder.layout import DataFolder
from cloud_api.store import rollouts
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, cloud_process
from tests.releases.publishing import Device, Publisher
from tests.releases.test_watch import BACK, NEW, QUARTER, contact, settled
from tests.waiting import until

HOUR = timedelta(hours=1)


async def test_the_service_that_runs_renews_what_it_signs(tmp_path: Path, begun: Path) -> None:
    shutil.copytree(begun / "cloud", tmp_path / "cloud", ignore=shutil.ignore_patterns("releases", "update-*"))
    folder, now = DataFolder(tmp_path / "cloud"), datetime.now(UTC)
    repository = Repository(folder.releases)
    making.init(repository, folder.pki, tmp_path / "keys", holders=1, threshold=1, now=now - 20 * HOUR)
    async with cloud_process(folder.path):
        await until(lambda: repository.state().timestamp.signed.expires > now + 20 * HOUR, seconds=60)


async def test_a_restored_repository_goes_on(tmp_path: Path, publisher: Publisher) -> None:
    device, folder = publisher.device(), publisher.folder
    await copies.backup(folder, folder.database, tmp_path / "backup.tar", clock=SystemClock())
    another = DataFolder(tmp_path / "another")
    await copies.restore(tmp_path / "backup.tar", another, another.database, clock=SystemClock())
    device.look(Repository(another.releases).folder)
    assert Device(tmp_path / "new", device.root).look(another.releases)


@pytest.mark.both_databases
async def test_what_is_known_of_devices_is_read_from_either_database(
    cloud: Cloud, granted: Home, clock: HandClock
) -> None:
    async with cloud.database() as database, database.read() as connection:
        assert [str(device) for device in await rollouts.devices(connection)] == [granted.device]
    first = clock.now()
    for headers in (BACK, NEW, NEW | {"User-Agent": f"{NEW['User-Agent']} more/1"}):
        clock.move(QUARTER)
        await contact(granted, headers)
        await settled(cloud)
    async with cloud.database() as database, database.read() as connection:
        (seen,) = await rollouts.seen(connection)
        assert (seen.version, seen.state, seen.tried, seen.heard_at) == ("0.2.0", "kept", None, clock.now())
        assert seen.since == first + 2 * QUARTER
        assert await rollouts.begun(connection, seen.device) == first + 2 * QUARTER
        tally = await rollouts.tally(connection, [(seen, first)], now=clock.now() + 4 * HOUR)
        assert tally.missing > 10
        assert tally.measured == 0
