"""The one door to the database: reading sees one moment, and what is written is on the disk when the door closes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.errors import SetupError
from cloud_api.store.place import Place, Server
from cloud_api.store.postgresql import PostgreSQL
from cloud_api.store.sqlite import SQLite

Found = TypeVar("Found")

FAILURES = (SQLAlchemyError, OSError)
"""What a database is heard to fail with."""


class Engine(Protocol):
    """What stands behind the door: each kind of database does the same in its own way."""

    async def prepare(self) -> None: ...
    def migrating(self) -> AbstractAsyncContextManager[AsyncConnection]: ...
    def read(self) -> AbstractAsyncContextManager[AsyncConnection]: ...
    def write(self) -> AbstractAsyncContextManager[AsyncConnection]: ...
    async def read_at_once(self, work: Callable[[Connection], Found]) -> Found: ...
    async def write_at_once(self, work: Callable[[Connection], Found]) -> Found: ...
    async def sweep(self) -> bool: ...
    async def tend(self, now: datetime) -> None: ...
    async def close(self) -> None: ...


class Database:
    """SQLite or PostgreSQL, which from here on does not matter."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def open(cls, place: Place) -> AsyncIterator["Database"]:
        """Open the database, new or brought up to date. Raises SetupError where it cannot be used."""
        engine: Engine = PostgreSQL(place) if isinstance(place, Server) else SQLite(place)
        try:
            try:
                await engine.prepare()
            except FAILURES as error:
                raise SetupError(f"{place}: the database cannot be used ({_reason(error)})") from error
            yield cls(engine)
        finally:
            await engine.close()

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._engine.read()

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that is on the disk when the block ends, or undone when it ends in an error.

        One at a time, in this process and in all others at the same database.
        """
        return self._engine.write()

    async def read_at_once(self, work: Callable[[Connection], Found]) -> Found:
        """What the work finds, in a transaction of its own that it does in one go.

        Nothing goes to the database and back between its statements but themselves: for what each request needs.
        """
        return await self._engine.read_at_once(work)

    async def write_at_once(self, work: Callable[[Connection], Found]) -> Found:
        """Likewise for work that writes, whose transaction is on the disk when it is done.

        It may go on beside others where the database can, and so looks after its own conflicts.
        """
        return await self._engine.write_at_once(work)

    async def sweep(self) -> bool:
        """Leave nothing of what was deleted or overwritten in the files. False when a reader stood in the way."""
        return await self._engine.sweep()

    async def tend(self, now: datetime) -> None:
        """What is to be done from time to time: sweep what a reader kept, make tables for the months to come."""
        await self._engine.tend(now)


def _reason(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)
