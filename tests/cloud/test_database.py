"""The database: its migrations make its tables, readers and one writer share it, and swept is swept."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError

from cloud_api import app
from cloud_api.store.database import Database
from cloud_api.store.schema import metadata, participant
from tests.cloud.running import Cloud
from tests.waiting import until


async def nothing() -> None:
    pass


async def add(database: Database, number: int, *, afterwards: Callable[[], Awaitable[None]] = nothing) -> None:
    """Add a participant, and do something before the transaction ends."""
    async with database.write() as connection:
        row = {"uuid": UUID(int=number), "name": "x", "email": f"{number}@example.org"}
        await connection.execute(insert(participant).values(row))
        await afterwards()


async def count(database: Database) -> int:
    async with database.read() as connection:
        return len((await connection.execute(select(participant.c.uuid))).all())


@pytest.mark.filterwarnings("ignore:.*expression-based index.*participant_email")  # the next test looks at that one
async def test_the_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with Database.open(tmp_path / "cloud.db") as database, database.write() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_address_is_one_participant_s_however_it_is_written(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database, database.write() as connection:
        await connection.exec_driver_sql("INSERT INTO participant VALUES ('1', 'x', 'x@example.org')")
        with pytest.raises(DBAPIError, match="UNIQUE"):
            await connection.exec_driver_sql("INSERT INTO participant VALUES ('2', 'x', 'X@example.org')")


async def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database:
        await add(database, 1)
    async with Database.open(tmp_path / "cloud.db") as database:
        assert await count(database) == 1
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["cloud.db", "cloud.db.lock"]


async def test_the_disk_is_waited_for_and_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database, database.write() as connection:
        pragmas = ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "busy_timeout")
        found = [(await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar() for pragma in pragmas]
    assert found == [2, "wal", 1, 1, 5000]


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database:
        with pytest.raises(DBAPIError, match="readonly"):
            async with database.read() as connection:
                await connection.exec_driver_sql("DELETE FROM participant")


async def fail() -> None:
    raise ZeroDivisionError


async def test_a_failed_block_is_undone(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database:
        with pytest.raises(ZeroDivisionError):
            await add(database, 1, afterwards=fail)
        assert await count(database) == 0


async def test_a_cancelled_block_is_undone_and_the_next_goes_on(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database:
        reached = asyncio.Event()

        async def wait_for_ever() -> None:
            reached.set()
            await asyncio.Event().wait()

        writing = asyncio.create_task(add(database, 2, afterwards=wait_for_ever))
        await reached.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await add(database, 1)
        assert await count(database) == 1


async def test_writers_of_two_processes_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    async with Database.open(path) as one, Database.open(path) as other:
        async with asyncio.TaskGroup() as writers:
            for number in range(50):
                writers.create_task(add(one if number % 2 else other, number))
        assert await count(one) == 50


async def test_a_writer_keeps_all_others_away_from_its_first_moment(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database, database.write():
        other = sqlite3.connect(tmp_path / "cloud.db", timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO participant VALUES ('x', 'x', 'x')")


async def test_what_a_reader_holds_is_swept_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud_api.store.database.BUSY", 0.05)
    log = tmp_path / "cloud.db-wal"
    async with Database.open(tmp_path / "cloud.db") as database:
        async with database.read() as connection:
            await connection.execute(select(participant))
            await add(database, 1)
            assert not await database.sweep()
            assert log.stat().st_size > 0
        assert await database.sweep()
        assert log.stat().st_size == 0


async def test_the_service_sweeps_by_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "SWEEP_EVERY", 0.01)
    async with cloud.away():
        pass
    log = cloud.folder.path / "cloud.db-wal"
    with closing(sqlite3.connect(cloud.folder.database)) as db:
        db.execute("INSERT INTO participant VALUES ('x', 'x', 'x')")
        db.commit()
        assert log.exists()
        await until(lambda: log.stat().st_size == 0)


async def test_a_sweep_that_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app, "SWEEP_EVERY", 0.01)
    async with Database.open(tmp_path / "cloud.db") as database:
        asked = 0

        async def fail() -> bool:
            nonlocal asked
            asked += 1
            raise DBAPIError("statement", {}, ValueError())

        monkeypatch.setattr(database, "sweep", fail)
        async with app._sweeping(database):
            await until(lambda: asked > 1)
    assert "could not be swept" in caplog.text
