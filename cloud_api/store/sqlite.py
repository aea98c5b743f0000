"""SQLite: many may read, one writes, in this process and beside it; what is written is on the disk."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import AsyncAdaptedQueuePool, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from cloud_api.errors import SetupError
from cloud_api.files import PRIVATE_FILE
from cloud_api.store.one_go import OneGo
from cloud_api.store.opening import Opening, prepare
from cloud_api.store.upgrade import upgrade

Found = TypeVar("Found")


class SQLite:
    """A file.

    SQLite before 3.51.3 can damage a file when two connections write or checkpoint at the same moment. So those that
    write take turns, all others are opened read-only, and a lock file keeps other processes' writers away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = asyncio.Lock()
        self._writer = _engine(path, Opening.WRITE, pool_size=1)
        self._readers = _engine(path, Opening.READ, pool_size=8)
        self._looking, self._storing = OneGo(path, Opening.READ), OneGo(path, Opening.WRITE)

    async def prepare(self) -> None:
        await asyncio.to_thread(self._path.touch, mode=PRIVATE_FILE)  # SQLite gives its other files the same mode
        async with self.migrating() as connection:
            await connection.run_sync(upgrade)
        await self.sweep()

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction in which tables may be made anew under others that refer to them."""
        engine = _engine(self._path, Opening.MIGRATE, pool_size=1)
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
    async def write(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn, _alone(self._path), self._writer.begin() as connection:
            yield connection

    async def read_at_once(self, work: Callable[[Connection], Found]) -> Found:
        return await self._looking.do(work)

    async def write_at_once(self, work: Callable[[Connection], Found]) -> Found:
        async with self._turn, _alone(self._path):
            return await self._storing.do(work)

    async def sweep(self) -> bool:
        """Carry the write-ahead log into the database and empty it, so that nothing deleted is left in either."""
        async with self._turn, _alone(self._path), self._writer.connect() as connection:
            pooled: Any = await connection.get_raw_connection()
            [(busy, *_)] = await pooled.driver_connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    async def tend(self, now: datetime) -> None:
        await self.sweep()

    async def close(self) -> None:
        await self._looking.close()
        await self._storing.close()
        await self._readers.dispose()
        await self._writer.dispose()


def _engine(path: Path, opening: Opening, *, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=lambda: _connect(opening.uri(path)),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
    )
    prepare(engine.sync_engine, opening)
    return engine


async def _connect(uri: str) -> aiosqlite.Connection:
    return await aiosqlite.connect(uri, uri=True)


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
