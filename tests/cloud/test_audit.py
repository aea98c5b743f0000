"""The audit log: what is done and refused stands in it, by ids alone, and no entry can be changed unnoticed."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from cloud_api.access.shared_secrets import Group
from cloud_api.cli import main
from cloud_api.store import audit, refusals
from cloud_api.store.audit import Chain, Entry
from cloud_api.store.database import FAILURES, Database
from cloud_api.store.place import Place
from cloud_api.store.refusals import Refusals
from tests.cloud.asking import ask, code
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, HandClock, draft
from tests.cloud.test_commands import give
from tests.waiting import until

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ENTRIES = [Entry(at=NOW + timedelta(microseconds=each), who="command", what=f"step {each}") for each in range(5)]


async def told(cloud: Cloud, household: str) -> Sequence[Entry]:
    async with cloud.database() as database, database.read() as connection:
        return await audit.of_household(connection, UUID(household))


async def whole(cloud: Cloud) -> Chain:
    async with cloud.database() as database, database.read() as connection:
        return await audit.verify(connection)


async def test_what_is_done_to_a_household_is_told_by_ids(cloud: Cloud, home: Home) -> None:
    assert (await ask(home.client, "POST", "/household/consent"))[0] == 201
    report = {"field": "/address/house_number", "value": "4b"}
    _, correction = await ask(home.client, "POST", "/household/correction", json=report)
    path = f"/management/correction/{correction['uuid']}"
    async with cloud.people() as people:
        assert (await ask(people, "POST", f"{path}/decline", json={"word": "It is 4a."}))[0] == 200
        household = f"/management/household/{home.household['uuid']}"
        assert (await ask(people, "PATCH", household, json={"metadata": {"children": 3}}))[0] == 200
    assert (await ask(home.client, "DELETE", "/household/consent"))[0] == 200
    entries = await told(cloud, home.household["uuid"])
    device = f"device {home.device} certificate "
    assert [(entry.who.partition(device)[1] or entry.who, entry.what) for entry in entries] == [
        ("command", "device provisioned"),
        (device, "consent granted"),
        (device, "correction reported"),
        ("researcher", "correction declined"),
        ("researcher", "household corrected"),
        (device, "consent revoked, household anonymised"),
    ]
    assert (await whole(cloud)).broken is None
    said = str(entries)
    assert not [word for word in ("erika", "Muster", "65195", "It is") if word in said]


async def test_what_a_researcher_registers_is_told(cloud: Cloud) -> None:
    async with cloud.people() as people:
        _, household = await ask(people, "POST", "/management/household", json=draft())
        _, correction = await ask(people, "GET", "/management/correction")
        assert correction["corrections"] == []
    assert [entry.what for entry in await told(cloud, household["uuid"])] == ["household registered"]


async def test_an_incident_is_told_when_it_opens_and_when_it_is_over(
    cloud: Cloud, granted: Home, clock: HandClock
) -> None:
    path = f"/household/meter/{granted.meter}/incident"
    for verb in ("report", "report", "resolve", "resolve"):
        clock.move(timedelta(minutes=1))
        said = {"kind": "SERIAL-PORT-UNAVAILABLE"}
        assert (await ask(granted.client, "POST", f"{path}/{verb}", json=said))[0] == 200
    entries = await told(cloud, granted.household["uuid"])
    assert [(entry.what, entry.subject) for entry in entries[-2:]] == [
        ("incident opened", UUID(granted.meter)),
        ("incident resolved", UUID(granted.meter)),
    ]
    assert len([entry for entry in entries if "incident" in entry.what]) == 2


async def test_a_refused_step_is_not_told_as_done(cloud: Cloud, home: Home) -> None:
    assert await code(home.client, "DELETE", "/household/consent") == (409, "out-of-order")
    assert [entry.what for entry in await told(cloud, home.household["uuid"])] == ["device provisioned"]


@pytest.mark.both_databases
async def test_entries_are_only_added(place: Place) -> None:
    async with Database.open(place) as database:
        async with database.write() as connection:
            await audit.add(connection, *ENTRIES)
        for statement in ("UPDATE audit SET who = 'nobody'", "DELETE FROM audit"):
            with pytest.raises(DBAPIError, match="nothing in the audit log is changed"):
                async with database.write() as connection:
                    await connection.exec_driver_sql(statement)
        async with database.read() as connection:
            chain = await audit.verify(connection)
        assert (chain.entries, chain.broken, chain.held) == (5, None, True)


def test_a_change_is_found_by_the_first_entry_that_does_not_fit(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path_factory.mktemp("audit") / "data"
    options = ("--data", str(data))
    assert main(["init", *options]) == 0
    for _ in range(3):
        assert main(["secret", "change", "researcher", *options]) == 0
    capsys.readouterr()
    assert main(["audit", "verify", *options]) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 entries, whole; the last has the hash ")
    last = said.split()[-1]
    assert main(["secret", "end-change", "researcher", *options]) == 0
    assert main(["audit", "verify", "--holding", last, *options]) == 0
    with closing(sqlite3.connect(data / "cloud.db")) as db:
        db.execute("DROP TRIGGER audit_no_delete")
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("DELETE FROM audit WHERE number > 2")
        db.commit()
        capsys.readouterr()
        assert main(["audit", "verify", *options]) == 0
        assert main(["audit", "verify", "--holding", last, *options]) == 1
        assert "changed or cut off" in capsys.readouterr().err
        for statement in ("UPDATE audit SET what = 'nothing' WHERE number = 2", "DELETE FROM audit WHERE number = 1"):
            db.execute(statement)
            db.commit()
            assert main(["audit", "verify", *options]) == 1
            found = 2 if "UPDATE" in statement else 1
            assert f"entry {found} does not fit" in capsys.readouterr().err


async def test_refused_attempts_are_counted_and_shown(
    cloud: Cloud, home: Home, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "PAUSE", 0.0)
    assert give("device", "revoke", home.device, "--data", cloud.folder.path, *cloud.options).returncode == 0
    for _ in range(3):
        assert await code(home.client, "GET", "/account") == (403, "certificate-denied")
    async with cloud.people(Group.ADMINISTRATOR) as people, cloud.stranger() as stranger:
        assert await code(people, "GET", "/management/household") == (403, "forbidden")
        assert await code(stranger, "GET", "/account") == (401, "no-credential")
        async with cloud.database() as database:

            async def counted() -> dict[str, int]:
                async with database.read() as connection:
                    return await refusals.totals(connection)

            async with asyncio.timeout(10):
                expected = {home.device: 3, "administrator": 1, "unknown": 1}
                while await counted() != expected:  # noqa: ASYNC110  # another task writes them, and sets no event of ours
                    await asyncio.sleep(0.01)
        _, page = await ask(people, "GET", "/management/measurement_device")
    (device,) = page["measurement_devices"]
    assert (device["refused_attempts"], device["certificate_denied"], device["certificate_until"]) == (3, True, None)
    listed = give("device", "list", "--data", cloud.folder.path, *cloud.options)
    head, row, *others = listed.stdout.splitlines()
    assert head.split() == ["DEVICE", "HOUSEHOLD", "CERTIFICATE", "LAST", "ACTIVITY", "REFUSED"]
    assert row.split() == [home.device, home.household["uuid"], "denied", "-", "3"]
    assert others == ["refused, administrator: 1", "refused, unknown: 1"]
    assert (await whole(cloud)).broken is None


async def test_refusals_of_a_database_that_fails_are_told_by_number(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise FAILURES[1]

    monkeypatch.setattr(refusals, "_count", fail)
    async with Database.open(place) as database, Refusals.open(database) as noted:
        noted.note("unknown", "forbidden", at=NOW)
        await until(lambda: bool(caplog.messages))
    assert caplog.messages == ["1 refused attempts could not be written"]


def test_a_device_that_nobody_registered_cannot_be_revoked(cloud_folder: str) -> None:
    refused = give("device", "revoke", UUID(int=7), "--data", cloud_folder)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no measurement device" in refused.stderr
    assert give("device", "revoke", "none", "--data", cloud_folder).returncode == 2


@pytest.fixture
def cloud_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("cloud") / "data")
    assert give("init", "--data", folder).returncode == 0
    return folder
