"""Work on an SQLite file that is done in one go, in a thread of its own.

Each trip to another thread and back costs more than what a short statement does there: here a whole transaction takes
one.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, StaticPool, create_engine

from cloud_api.store.opening import Opening, prepare

Found = TypeVar("Found")


class OneGo:
    """A thread with a connection."""

    def __init__(self, path: Path, opening: Opening) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"sqlite-{opening.value}")
        self._engine = create_engine(
            "sqlite+pysqlite://",
            creator=lambda: sqlite3.connect(opening.uri(path), uri=True, check_same_thread=False),
            poolclass=StaticPool,
            hide_parameters=True,
        )
        prepare(self._engine, opening)

    async def do(self, work: Callable[[Connection], Found]) -> Found:
        """Do the work in a transaction; whoever asks waits until it is over, even when told to end."""
        doing = asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait([doing])
            raise

    def _do(self, work: Callable[[Connection], Found]) -> Found:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        await asyncio.to_thread(self._thread.shutdown)
        self._engine.dispose()
