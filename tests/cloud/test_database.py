"""The database: its migrations make its tables, readers and one writer share it, and swept is swept."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from cloud_api import app
from cloud_api.errors import SetupError
from cloud_api.store.database import Database
from cloud_api.store.place import Place, place_of
from cloud_api.store.schema import participant
from tests.cloud.running import Cloud, HandClock
from tests.waiting import until

pytestmark = pytest.mark.both_databases


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


async def test_an_address_is_one_participant_s_however_it_is_written(place: Place) -> None:
    async with Database.open(place) as database, database.write() as connection:
        rows = [{"uuid": UUID(int=n), "name": "x", "email": email} for n, email in enumerate(("x@y", "X@y"))]
        await connection.execute(insert(participant).values(rows[0]))
        with pytest.raises(DBAPIError, match=r"(?i)unique"):
            await connection.execute(insert(participant).values(rows[1]))


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


async def test_a_reader_cannot_write(place: Place) -> None:
    async with Database.open(place) as database:
        with pytest.raises(DBAPIError, match=r"read-?only"):
            async with database.read() as connection:
                await connection.exec_driver_sql("DELETE FROM participant")


async def fail() -> None:
    raise ZeroDivisionError


async def test_a_failed_block_is_undone(place: Place) -> None:
    async with Database.open(place) as database:
        with pytest.raises(ZeroDivisionError):
            await add(database, 1, afterwards=fail)
        assert await count(database) == 0


async def test_a_cancelled_block_is_undone_and_the_next_goes_on(place: Place) -> None:
    async with Database.open(place) as database:
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


async def test_writers_at_two_doors_take_turns(place: Place) -> None:
    writing = 0

    async def alone() -> None:
        nonlocal writing
        writing += 1
        await asyncio.sleep(0)
        assert writing == 1
        writing -= 1

    async with Database.open(place) as one, Database.open(place) as other:
        async with asyncio.TaskGroup() as writers:
            for number in range(50):
                writers.create_task(add(one if number % 2 else other, number, afterwards=alone))
        assert await count(one) == 50


async def test_a_reader_sees_one_moment(place: Place) -> None:
    async with Database.open(place) as database, database.read() as connection:
        before = (await connection.execute(select(participant))).all()
        await add(database, 1)
        assert (await connection.execute(select(participant))).all() == before == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://erika:secret@db.example.org:5433/survey?sslmode=require",
            "postgresql://erika@db.example.org:5433/survey",
        ),
        ("postgres:///survey?host=/run/postgresql&password=secret", "postgresql:///survey"),
        ("postgresql+asyncpg://[::1]/survey", "postgresql://[::1]/survey"),
    ],
)
def test_a_place_is_shown_without_its_password(url: str, shown: str) -> None:
    assert (str(place_of(url)), "secret" in repr(place_of(url))) == (shown, False)


@pytest.mark.parametrize("url", ["mysql://erika:secret@h/x", "sqlite:///", "postgresql://erika:secret@h:port/x", "x"])
def test_another_place_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SetupError, match="postgresql://host/name") as refusal:
        place_of(url)
    assert "secret" not in str(refusal.value)


async def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    said = r"postgresql://erika@127\.0\.0\.1:1/x: the database cannot be used"
    door = Database.open(place_of("postgresql://erika:secret@127.0.0.1:1/x"))
    with pytest.raises(SetupError, match=said) as refusal:
        await door.__aenter__()
    assert "secret" not in str(refusal.value)


async def test_a_writer_keeps_all_others_away_from_its_first_moment(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "cloud.db") as database, database.write():
        other = sqlite3.connect(tmp_path / "cloud.db", timeout=0)
        with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO participant VALUES ('x', 'x', 'x')")


async def test_what_a_reader_holds_is_swept_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloud_api.store.opening.BUSY", 0.05)
    log = tmp_path / "cloud.db-wal"
    async with Database.open(tmp_path / "cloud.db") as database:
        async with database.read() as connection:
            await connection.execute(select(participant))
            await add(database, 1)
            assert not await database.sweep()
            assert log.stat().st_size > 0
        assert await database.sweep()
        assert log.stat().st_size == 0


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_the_service_sweeps_by_itself(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TEND_EVERY", 0.01)
    async with cloud.away():
        pass
    log = cloud.folder.path / "cloud.db-wal"
    with closing(sqlite3.connect(cloud.folder.database)) as db:
        db.execute("INSERT INTO participant VALUES ('x', 'x', 'x')")
        db.commit()
        assert log.exists()
        await until(lambda: log.stat().st_size == 0)


async def test_looking_after_that_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app, "TEND_EVERY", 0.01)
    async with Database.open(tmp_path / "cloud.db") as database:
        asked = 0

        async def fail(_: object) -> None:
            nonlocal asked
            asked += 1
            if asked > 1:
                raise DBAPIError("statement", {}, ValueError())

        monkeypatch.setattr(database, "tend", fail)
        async with app.tending(database, HandClock()):
            await until(lambda: asked > 2)
    assert "could not be looked after" in caplog.text
