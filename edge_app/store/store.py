"""The one door to the database: functions go in, each runs alone on one thread, and is on disk when it returns."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from edge_app.clock import Clock, SystemClock
from edge_app.errors import StoreError
from edge_app.store import refuge
from edge_app.store.ballast import Ballast
from edge_app.store.database import checkpoint, empty_log, is_full, moved_aside, open_database
from edge_app.store.measurements import forget_oldest

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MEBIBYTE = 1024 * 1024
SYSTEM_CLOCK = SystemClock()
TRY_AGAIN = 60.0
"""Seconds after which it is tried whether the disk can be written to again."""
ROOM = 500
"""Measurements that are forgotten at once to make room."""


class Store:
    """The device's database, and the thread that alone writes to it."""

    def __init__(self, path: Path, *, ballast: int, largest: int, clock: Clock) -> None:
        self._path = path
        self._ballast = Ballast(file=path.with_name(path.name + ".ballast"), size=ballast)
        self._largest = largest
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._db: Database | None = None
        self._fled: float | None = None
        """When it was last tried to leave the memory, on the monotonic clock; None while the disk is in use."""

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        *,
        ballast: int = 16 * MEBIBYTE,
        largest: int = 256 * MEBIBYTE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> AsyncIterator[Self]:
        """Open the database, a new one where there is none; a damaged one is moved aside.

        `ballast` is the space held for the day when the disk is full, `largest` what the database may become, both
        in bytes. While the disk cannot be written to everything goes on in memory. Raises StoreError, here and at
        every `run`, with the file's name.
        """
        store = cls(path, ballast=ballast, largest=largest, clock=clock)
        try:
            await store._on_thread(store._open)
            yield store
        finally:
            store._thread.submit(store._close)  # on its thread even when we are being cancelled
            store._thread.shutdown()

    async def run(self, function: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(db, …)` as one transaction, which is on disk when this returns.

        When there is no room it is run again after some was made, so all that it does must be in the database.
        """
        return await self._on_thread(lambda: self._transact(lambda db: function(db, *args, **kwargs)))

    async def erase_traces(self) -> None:
        """Erase what was deleted from the write-ahead log too, and every damaged file that was moved aside."""
        await self._on_thread(self._erase_traces)

    async def _on_thread(self, function: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, function)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._path}: {error}") from error

    @property
    def _opened(self) -> Database:
        assert self._db is not None  # noqa: S101  # `open` yields a store only after this
        return self._db

    def _open(self) -> None:
        def attempt() -> None:
            self._db = open_database(self._path, largest=self._largest, now=self._clock.now())

        try:
            self._with_room(attempt, [self._ballast.give_up])
        except (sqlite3.Error, OSError) as error:
            if not refuge.cannot_write(error, self._path.parent):
                raise
            self._go_on_in(refuge.of_file(self._path, largest=self._largest), error)
        else:
            self._ballast.take()

    def _go_on_in(self, memory: Database, error: Exception) -> None:
        self._db, self._fled = memory, self._clock.monotonic()
        logger.error("%s: the disk cannot be written to (%s); what is measured is kept in memory", self._path, error)

    def _go_back(self) -> None:
        """Put what is in memory onto the disk, if that can be written to by now."""
        if self._fled is None or self._clock.monotonic() - self._fled < TRY_AGAIN:
            return
        self._fled, memory = self._clock.monotonic(), self._opened
        try:
            disk = open_database(self._path, largest=self._largest, now=self._clock.now())
        except (sqlite3.Error, OSError):
            return
        try:
            memory.conn.backup(disk.conn)
            empty_log(disk)
        except sqlite3.Error:
            disk.close()
            return
        memory.close()
        self._db, self._fled = disk, None
        logger.warning("%s: the disk can be written to again, and has what was kept in memory", self._path)

    def _erase_traces(self) -> None:
        if self._fled is not None:
            return
        empty_log(self._opened)
        for file in moved_aside(self._path):
            file.unlink()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _transact(self, function: Callable[[Database], T]) -> T:
        def attempt() -> T:
            with self._opened.atomic() as db:
                return function(db)

        self._go_back()
        try:
            return self._with_room(attempt, [self._make_room, self._make_room_at_a_loss])
        except (sqlite3.Error, OSError) as error:
            if self._fled is not None or not refuge.cannot_write(error, self._path.parent):
                raise
            disk = self._opened
            self._go_on_in(refuge.of(disk, largest=self._largest), error)
            with suppress(sqlite3.Error):
                disk.close()
        return attempt()

    def _with_room(self, attempt: Callable[[], T], remedies: list[Callable[[], None]]) -> T:
        """Attempt something; each time there is no room for it, apply the next remedy and attempt it again."""
        for remedy in remedies:
            try:
                return attempt()
            except sqlite3.Error as error:
                if not is_full(error):
                    raise
            remedy()
        return attempt()

    def _make_room(self) -> None:
        """Give up the ballast, so that the log can be carried over and rows can be deleted, and then what is safe."""
        self._ballast.give_up()
        checkpoint(self._opened)
        if forgotten := self._forget_oldest(acknowledged=True):
            logger.warning("%s: no room; forgot %d measurements that the cloud holds", self._path, forgotten)

    def _make_room_at_a_loss(self) -> None:
        """Give up more of what is safe, or, when there is none, the oldest: better a gap there than a device stuck."""
        if self._forget_oldest(acknowledged=True):
            return
        if lost := self._forget_oldest(acknowledged=False):
            logger.error("%s: no room; gave up the %d oldest measurements, the cloud lacks them", self._path, lost)

    def _forget_oldest(self, *, acknowledged: bool) -> int:
        with self._opened.atomic() as db:
            return forget_oldest(db, limit=ROOM, acknowledged=acknowledged)
