"""SQLite: many may read, one writes, in this process and beside it; what is written is on the disk."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import AsyncAdaptedQueuePool, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from cloud_api.errors import SetupError
from cloud_api.files import PRIVATE_FILE
from cloud_api.store.one_trip import Connection
from cloud_api.store.upgrade import upgrade

BUSY = 5.0
"""Seconds that SQLite waits for another process."""
LOG_BYTES = 4 * 1024 * 1024
"""What the write-ahead log may keep of the disk after a checkpoint."""


class SQLite:
    """A file.

    SQLite before 3.51.3 can damage a file when two connections write or checkpoint at the same moment. So there is one
    writing connection, all others are opened read-only, and a lock file keeps other processes' writers away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()
        self._writer = _engine(path, "BEGIN IMMEDIATE", {}, pool_size=1)
        self._readers = _engine(path, "BEGIN", {"mode": "ro"}, pool_size=8)

    async def prepare(self) -> None:
        await asyncio.to_thread(self._path.touch, mode=PRIVATE_FILE)  # SQLite gives its other files the same mode
        async with self.migrating() as connection:
            await connection.run_sync(upgrade)
        await self.sweep()

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which tables may be made anew under others that refer to them."""
        engine = _engine(self._path, "BEGIN IMMEDIATE", {}, pool_size=1, foreign_keys="OFF")
        try:
            async with self._turn, _alone(self._path), engine.begin() as connection:
                yield connection
                dangling = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if dangling:
                    raise SetupError(f"{self._path}: {len(dangling)} rows would refer to nothing; nothing was changed")
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._readers.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def write(self, *, alone: bool) -> AsyncIterator[AsyncConnection]:
        async with self._turn, _alone(self._path), self._writer.begin() as connection:
            yield connection

    async def sweep(self) -> bool:
        """Carry the write-ahead log into the database and empty it, so that nothing deleted is left in either."""
        async with self._turn, _alone(self._path), self._writer.connect() as connection:
            pooled: Any = await connection.get_raw_connection()
            [(busy, *_)] = await pooled.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    async def tend(self, now: datetime) -> None:
        await self.sweep()

    async def close(self) -> None:
        await self._readers.dispose()
        await self._writer.dispose()


def _engine(path: Path, begin: str, query: dict[str, str], *, pool_size: int, foreign_keys: str = "ON") -> AsyncEngine:
    uri = f"{path.absolute().as_uri()}?{urlencode(query)}"
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=lambda: Connection.open(uri),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, and as we say
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {int(BUSY * 1000)}",
            f"foreign_keys = {foreign_keys}",
            *(() if query else ("journal_mode = WAL", f"journal_size_limit = {LOG_BYTES}")),
            "synchronous = FULL",
            "secure_delete = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """Keep other processes from writing. A lock that its process leaves behind is gone with the process."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        while not _locked(descriptor):  # noqa: ASYNC110  # another process holds it, and can set no event of ours
            await asyncio.sleep(0.005)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
