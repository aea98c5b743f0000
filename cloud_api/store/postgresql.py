"""PostgreSQL: any number of workers, on one machine or on several, at one database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from cloud_api.store.partitions import make_ahead
from cloud_api.store.place import Server
from cloud_api.store.schema import PERSONAL
from cloud_api.store.upgrade import upgrade

Found = TypeVar("Found")

CONNECTIONS = 8
"""Of one worker."""
STATEMENTS = 500
"""Prepared statements that a connection keeps; a group of uploads has a text for each number of households in it."""
TURN: Final = 0x7A77  # the number of our advisory lock, any that nobody else takes


class PostgreSQL:
    """A server's database. What is written is on its disk when the block ends (`synchronous_commit`)."""

    def __init__(self, server: Server) -> None:
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            connect_args={"dsn": server.url, "prepared_statement_cache_size": STATEMENTS},
            pool_size=CONNECTIONS,
            max_overflow=0,
            hide_parameters=True,
        )
        self._readers = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        async with self.migrating() as connection:
            await connection.run_sync(upgrade)

    def migrating(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self.write()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._readers.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        # Of one worker's writers one waits at the server, so that they do not take all connections while they wait.
        async with self._turn, self._engine.begin() as connection:
            await connection.execute(select(func.pg_advisory_xact_lock(TURN)))
            yield connection

    async def read_at_once(self, work: Callable[[Connection], Found]) -> Found:
        async with self.read() as connection:
            return await connection.run_sync(work)

    async def write_at_once(self, work: Callable[[Connection], Found]) -> Found:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def sweep(self) -> bool:
        """Write the tables that tell of people anew, without what was deleted or overwritten."""
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        async with self._turn, engine.connect() as connection:
            for table in PERSONAL:
                await connection.exec_driver_sql(f"VACUUM (FULL) {table.name}")
        return True

    async def tend(self, now: datetime) -> None:
        async with self.write() as connection:
            await make_ahead(connection, now)

    async def close(self) -> None:
        await self._engine.dispose()
