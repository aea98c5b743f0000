"""A backup is made while the service runs, and a cloud comes out of it that goes on from there."""

import asyncio
import stat
import tarfile
from pathlib import Path

import pytest

from cloud_api.errors import SetupError
from cloud_api.folder import copies
from cloud_api.folder.layout import DataFolder
from cloud_api.store.dump import program
from cloud_api.store.place import Place, Server
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.postgres import Postgres
from tests.cloud.running import Cloud, HandClock, running_cloud

pytestmark = pytest.mark.both_databases
TIMES = [f"2026-11-24T{hour:02}:00:00Z" for hour in range(10)]


def elsewhere(cloud: Cloud, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if isinstance(cloud.place, Server):
        server: Postgres = request.getfixturevalue("server")
        return server.fresh()
    return tmp_path / "new" / "cloud.db"


async def test_a_restored_cloud_goes_on_where_the_backup_was_made(
    cloud: Cloud, granted: Home, clock: HandClock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    file, new = tmp_path / "backup.tar", DataFolder(tmp_path / "new")
    place = elsewhere(cloud, request, tmp_path)
    assert (await ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, *TIMES[:5])))[0] == 200
    uploads = asyncio.gather(
        *(ask(granted.client, "POST", UPLOAD, json=measured(granted.meter, time)) for time in TIMES[5:])
    )
    await copies.backup(cloud.folder, cloud.place, file, clock=clock)
    assert all(status == 200 for status, _ in await uploads)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    assert (await copies.restore(file, new, place, clock=clock)).made_at == clock.now()
    kept = {path.relative_to(cloud.folder.path) for path in cloud.folder.path.rglob("*.pem")}
    assert kept == {path.relative_to(new.path) for path in new.path.rglob("*.pem")}
    assert all(stat.S_IMODE(path.stat().st_mode) in {0o600, 0o700} for path in new.path.rglob("*"))
    async with cloud.away(), running_cloud(new.path, clock=clock, place=place) as restored:
        async with restored.device(granted.bundle) as client:
            status, page = await ask(client, "GET", f"/household/meter/{granted.meter}/measurement")
            assert status == 200
            assert 5 <= len(page["measurements"]) <= 10
            status, answer = await ask(client, "POST", UPLOAD, json=measured(granted.meter, *TIMES))
            assert (status, answer["stored"] + answer["duplicates"]) == (200, 10)
        async with restored.people() as people:
            _, household = await ask(people, "GET", f"/management/household/{granted.household['uuid']}")
            assert household["participant"] == granted.household["participant"]


async def test_nothing_is_restored_over_what_is_there(
    cloud: Cloud, clock: HandClock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    await copies.backup(cloud.folder, cloud.place, file, clock=clock)
    with pytest.raises(SetupError, match="is there already"):
        await copies.backup(cloud.folder, cloud.place, file, clock=clock)
    with pytest.raises(SetupError, match="is there already"):
        await copies.restore(file, cloud.folder, elsewhere(cloud, request, tmp_path), clock=clock)
    with pytest.raises(SetupError, match="already"):
        await copies.restore(file, DataFolder(tmp_path / "other"), cloud.place, clock=clock)
    other = tmp_path / "x.db" if isinstance(cloud.place, Server) else Server("postgresql:///x")
    with pytest.raises(SetupError, match="of that kind"):
        await copies.restore(file, DataFolder(tmp_path / "other"), other, clock=clock)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("names", [["/etc/evil"], ["../evil"], ["folder/../../evil"], ["backup.json"], []])
async def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "content").write_text("content")
    with tarfile.open(tmp_path / "wrong.tar", "w") as tar:
        for name in names:
            member = tar.gettarinfo(tmp_path / "content")
            member.name = name
            with (tmp_path / "content").open("rb") as content:
                tar.addfile(member, content)
    with pytest.raises(SetupError, match="no whole backup"):
        await copies.restore(
            tmp_path / "wrong.tar", DataFolder(tmp_path / "new"), tmp_path / "new.db", clock=HandClock()
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "wrong.tar"]


async def test_a_backup_that_cannot_be_made_is_told(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(SetupError, match="cannot be written"):
        await copies.backup(DataFolder(tmp_path), tmp_path / "x.db", tmp_path / "no" / "backup.tar", clock=clock)
    with pytest.raises(SetupError, match="cannot be copied"):
        await copies.backup(DataFolder(tmp_path), tmp_path / "x.db", tmp_path / "backup.tar", clock=clock)
    place = Server("postgresql://erika:secret@127.0.0.1:1/x")
    with pytest.raises(SetupError, match=r"postgresql://erika@127\.0\.0\.1:1/x: ") as refusal:
        await copies.backup(DataFolder(tmp_path), place, tmp_path / "backup.tar", clock=clock)
    assert "secret" not in str(refusal.value)
    with pytest.raises(SetupError, match="postgresql-client"):
        program("pg_nothing")
