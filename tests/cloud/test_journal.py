"""A backup from before a revocation brings nobody back: the journal of consent goes on where the backup ends."""

import asyncio
import json
import stat
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from cloud_api.errors import SetupError
from cloud_api.folder import copies
from cloud_api.folder.layout import DataFolder
from cloud_api.privacy.journal import Journal, read
from cloud_api.store import audit
from cloud_api.store.place import Server
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, fresh_draft, running_cloud
from tests.cloud.test_anonymise import CONSENT, granted_household, marked, run
from tests.cloud.test_copies import elsewhere

pytestmark = pytest.mark.both_databases


async def test_who_revokes_after_a_backup_is_anonymous_in_what_is_restored(
    cloud: Cloud, clock: HandClock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    gone, bundle = await granted_household(cloud, tmp_path / "gone", marked())
    late = await cloud.add_household(fresh_draft())  # grants after the backup, and revokes
    late_bundle = await cloud.provision(late["measurement_devices"][0]["uuid"], tmp_path / "late")
    stays, _ = await granted_household(cloud, tmp_path / "stays", fresh_draft())
    file, new = tmp_path / "backup.tar", DataFolder(tmp_path / "new")
    await copies.backup(cloud.folder, cloud.place, file, clock=clock)
    clock.move(timedelta(hours=1))
    async with cloud.device(bundle) as client, cloud.device(late_bundle) as other:
        assert (await ask(client, "DELETE", CONSENT))[0] == 200
        assert (await ask(other, "POST", CONSENT))[0] == 201
        assert (await ask(other, "DELETE", CONSENT))[0] == 200
    revoked_at = clock.now()

    clock.move(timedelta(hours=1))
    place = elsewhere(cloud, request, tmp_path)
    restored = await copies.restore(file, new, place, clock=clock, journals=[cloud.folder.journal])
    assert restored.revoked == 2
    async with cloud.away(), running_cloud(new.path, clock=clock, place=place) as again:
        async with again.people() as people:
            for household in (gone, late):
                _, found = await ask(people, "GET", f"/management/household/{household['uuid']}")
                assert (found["participant"], found["address"]) == (None, None)
                assert found["location"] != household["location"]
                assert found["consent"]["state"] == "revoked"
                assert datetime.fromisoformat(found["consent"]["revoked_at"]) == revoked_at
            _, found = await ask(people, "GET", f"/management/household/{stays['uuid']}")
            assert found["participant"] == stays["participant"]
        async with again.database() as database, database.read() as connection:
            entries = await audit.of_household(connection, UUID(gone["uuid"]))
            assert entries[-1].what == "consent revoked again after a restore, household anonymised"
            assert (await audit.verify(connection)).broken is None
        async with again.device(bundle) as client:
            assert await code(client, "GET", "/account") == (403, "no-consent")
    assert list(read(new.journal)) == list(read(cloud.folder.journal))


async def test_the_journal_has_a_line_for_each_step_and_no_word_of_anybody_s(cloud: Cloud, tmp_path: Path) -> None:
    household, bundle = await granted_household(cloud, tmp_path / "bundle", marked())
    async with cloud.device(bundle) as client:
        assert (await ask(client, "POST", CONSENT))[0] == 409
        assert (await ask(client, "DELETE", CONSENT))[0] == 200
        assert (await ask(client, "DELETE", CONSENT))[0] == 409
    assert [line.event for line in read(cloud.folder.journal)] == ["granted", "revoked"]
    text = cloud.folder.journal.read_text().lower()
    for word in (household["uuid"], household["uuid"].replace("-", ""), household["participant"]["email"], "musterweg"):
        assert word.lower() not in text
    assert stat.S_IMODE(cloud.folder.journal.stat().st_mode) == 0o600


async def test_whoever_had_an_address_is_told_of_it_after_erasure(
    cloud: Cloud, granted: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (await ask(granted.client, "DELETE", CONSENT))[0] == 200
    for address, events in ((" Erika@Example.org\n", ["granted", "revoked"]), ("max@example.org", [])):
        (tmp_path / "address").write_text(address)
        assert run("consent", "told", tmp_path / "address", "--data", cloud.folder.path) == 0
        told = json.loads(capsys.readouterr().out)
        assert [line["event"] for line in told] == events
        assert all(line["text_version"] == "2026-11" for line in told)


async def test_a_line_that_was_cut_short_is_none(cloud: Cloud, granted: Home) -> None:
    with cloud.folder.journal.open("ab") as file:
        file.write(b'{"event": "revo')
    assert [line.event for line in read(cloud.folder.journal)] == ["granted"]


async def test_what_cannot_be_read_restores_nothing(
    cloud: Cloud, clock: HandClock, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    file, new = tmp_path / "backup.tar", DataFolder(tmp_path / "new")
    await copies.backup(cloud.folder, cloud.place, file, clock=clock)
    (tmp_path / "garbage").write_text("garbage\n")
    place = elsewhere(cloud, request, tmp_path)
    for journal, why in ((tmp_path / "nowhere", "is not there"), (tmp_path / "garbage", "no journal")):
        with pytest.raises(SetupError, match=why):
            await copies.restore(file, new, place, clock=clock, journals=[journal])
        assert not new.path.exists()


def test_without_keys_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cloud-api init"):
        Journal.load(tmp_path / "journal", tmp_path)


async def test_the_commands_say_what_was_revoked_again_and_what_could_not_be(
    cloud: Cloud, granted: Home, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backup.tar"
    assert await asyncio.to_thread(run, "backup", file, "--data", cloud.folder.path, *cloud.options) == 0
    assert (await ask(granted.client, "DELETE", CONSENT))[0] == 200
    for journals, said in (
        (["--journal", cloud.folder.journal], "; 1 consents that were revoked since are revoked again\n"),
        ([], "; no --journal was named: consents that were revoked since"),
    ):
        new = tmp_path / f"new-{len(journals)}"
        place = elsewhere(cloud, request, tmp_path)
        database = ["--database", place.url] if isinstance(place, Server) else []
        assert await asyncio.to_thread(run, "restore", file, "--data", new, *database, *journals) == 0
        assert said in capsys.readouterr().out
