"""SQLite in a thread of its own, to which a statement and its rows travel together.

Each trip to another thread and back costs more than what a short statement does there, and while this thread is busy,
a row that is fetched by itself waits for it. So a cursor here brings its rows along, and is closed where it was made.
"""

import sqlite3
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import aiosqlite


class Done(NamedTuple):
    """What a statement came to."""

    description: Any
    rowcount: int
    lastrowid: int | None
    rows: list[Any]


class Cursor:
    """As SQLAlchemy asks for one."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._took(Done(None, -1, None, []))

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self._done.description

    @property
    def rowcount(self) -> int:
        return self._done.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._done.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._took(await self._connection.do(sqlite3.Cursor.execute, statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        self._took(await self._connection.do(sqlite3.Cursor.executemany, statement, parameters))

    def _took(self, done: Done) -> None:
        self._done, self._rows = done, iter(done.rows)

    async def fetchall(self) -> list[Any]:
        return self._done.rows

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """The next of the rows, as one who streams asks for them."""
        return list(islice(self._rows, size))

    async def close(self) -> None:
        """It was closed in its thread."""


class Connection(aiosqlite.Connection):
    """A connection whose cursors need one trip for each statement."""

    @classmethod
    async def open(cls, uri: str) -> "Connection":
        connection = cls(lambda: sqlite3.connect(uri, uri=True), iter_chunk_size=1)
        await connection
        return connection

    def cursor(self) -> Cursor:  # type: ignore[override]  # what SQLAlchemy uses of a cursor, and no more
        return Cursor(self)

    async def do(self, how: Any, statement: str, parameters: Any) -> Done:
        """Run a statement and fetch its rows in one trip; aiosqlite lends its thread to statements alone."""
        done: Done = await self._execute(_do, self._conn, how, statement, parameters)  # type: ignore[no-untyped-call]
        return done


def _do(connection: sqlite3.Connection, how: Any, statement: str, parameters: Any) -> Done:
    cursor = connection.cursor()
    try:
        how(cursor, statement, parameters)
        return Done(cursor.description, cursor.rowcount, cursor.lastrowid, cursor.fetchall())
    finally:
        cursor.close()
