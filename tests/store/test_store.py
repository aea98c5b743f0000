"""The door to the database: one thread, one transaction a call, and what it does when the file is damaged."""

import asyncio
import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.errors import StoreError
from edge_app.store import Store, consents, measurements
from edge_app.testing import HandClock
from tests.store.values import GRANTED, REVOKED, files_with, measurement


async def test_what_was_kept_is_there_after_reopening(path: Path) -> None:
    async with Store.open(path) as store:
        assert await store.run(measurements.keep, measurement(0))
    async with Store.open(path) as store:
        assert await store.run(measurements.unconfirmed, limit=5) == [(1, measurement(0))]


async def test_every_call_runs_on_the_same_one_thread(path: Path) -> None:
    def thread(_: Database) -> int:
        return threading.get_ident()

    async with Store.open(path) as store:
        threads = set(await asyncio.gather(*(store.run(thread) for _ in range(20))))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_call_is_on_disk_when_it_returns(path: Path) -> None:
    async with Store.open(path) as store:
        await store.run(measurements.keep, measurement(0))
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as other:
            assert other.execute("select count(*) from measurement").fetchone() == (1,)


async def test_a_call_that_fails_leaves_nothing_behind(path: Path) -> None:
    def keep_and_fail(db: Database) -> None:
        measurements.keep(db, measurement(0))
        raise ValueError("on purpose")

    async with Store.open(path) as store:
        with pytest.raises(ValueError, match="on purpose"):
            await store.run(keep_and_fail)
        assert await store.run(measurements.waiting) == 0


async def test_the_file_is_written_through_to_the_disk(path: Path) -> None:
    def settings(db: Database) -> list[object]:
        return [db.execute(f"pragma {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")]

    async with Store.open(path) as store:
        assert await store.run(settings) == ["wal", 2, 1]
        assert await store.run(lambda db: {table.name for table in db.tables if not table.strict}) == {
            "_sqlite_migrations",
            "sqlite_sequence",
        }


async def test_an_error_of_the_database_names_the_file(path: Path) -> None:
    async with Store.open(path) as store:
        with pytest.raises(StoreError, match=f"{path}: no such table: nowhere"):
            await store.run(lambda db: db.execute("select * from nowhere"))


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"absent/edge\.db: unable to open"):
        async with Store.open(tmp_path / "absent" / "edge.db"):
            pass


def damage(path: Path, offset: int, content: bytes) -> bytes:
    """Write nonsense into a file; returns what it holds then."""
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)
        file.seek(0)
        return file.read()


@pytest.mark.parametrize(("offset", "content"), [(0, b"no database"), (2 * 4096, bytes(4096))])
async def test_a_damaged_file_is_moved_aside_and_a_new_one_begins(
    path: Path, offset: int, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with Store.open(path) as store:
        for slot in range(100):
            await store.run(measurements.keep, measurement(slot))
    damaged = damage(path, offset, content)

    async with Store.open(path, clock=HandClock()) as store:
        assert await store.run(measurements.waiting) == 0
        assert await store.run(measurements.keep, measurement(0))

    assert path.with_name("edge.db.20261124T100000.000000Z").read_bytes() == damaged
    assert [(record.levelno, str(path) in record.message) for record in caplog.records] == [(logging.ERROR, True)]


async def test_a_damaged_file_that_cannot_be_moved_aside_is_named(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    (path.parent / "edge.db.20261124T100000.000000Z").mkdir()
    with pytest.raises(StoreError, match=str(path)):
        async with Store.open(path, clock=HandClock()):
            pass


async def test_nothing_of_what_was_deleted_stays_in_the_files(path: Path) -> None:
    async with Store.open(path) as store:
        for slot in range(50):
            await store.run(measurements.keep, measurement(slot, energy="4711.08154711"))
        assert files_with(path.parent, b"4711.08154711")
        await store.run(measurements.forget_all)
        await store.erase_traces()
        assert files_with(path.parent, b"4711.08154711") == []


async def test_a_damaged_file_that_was_moved_aside_goes_with_what_is_erased(path: Path) -> None:
    async with Store.open(path) as store:
        for slot in range(100):
            await store.run(measurements.keep, measurement(slot, energy="4711.08154711"))
    damage(path, 0, b"no database")
    async with Store.open(path, clock=HandClock()) as store:
        assert files_with(path.parent, b"4711.08154711")
        await store.erase_traces()
        assert not files_with(path.parent, b"4711.08154711")


async def test_two_at_once_cannot_take_consent_back(path: Path) -> None:
    async with Store.open(path) as store:
        await asyncio.gather(*(store.run(consents.remember, told) for told in (GRANTED, REVOKED, GRANTED)))
        assert await store.run(consents.current) == REVOKED
