"""A limit: bulk inserts into the same table by the plain driver, as many rows to a commit as a full group brings."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from cloud_api.store import intake
from cloud_api.store.moments import to_micros
from cloud_api.store.place import Place, Server

ROWS = intake.MOST * 8
DATA = '[{"0100010800ff":10234.7412},{"0100020800ff":5117.3706},{"0100100700ff":-0.431}]'
QUARTER = 15 * 60 * 1_000_000


async def rate(place: Place, seconds: float) -> float:
    """Measurements a second."""
    return await _postgresql(place, seconds) if isinstance(place, Server) else _sqlite(place, seconds)


def _rows() -> Iterator[tuple[UUID, UUID, int, str]]:
    """Measurements of 64 meters, in the order in which they would be made."""
    meters, begin = [(uuid4(), uuid4()) for _ in range(64)], to_micros(datetime.now(UTC)) - QUARTER
    for number in count():
        for household, meter in meters:
            yield household, meter, begin + number, DATA


def _sqlite(file: Path, seconds: float) -> float:
    rows, done, begin = _rows(), 0, time.perf_counter()
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = FULL")
        while time.perf_counter() < begin + seconds:
            made = [(household.hex, meter.hex, at, data) for household, meter, at, data in islice(rows, ROWS)]
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO measurement VALUES (?, ?, ?, ?)", made)
            database.execute("COMMIT")
            done += ROWS
    return done / (time.perf_counter() - begin)


async def _postgresql(server: Server, seconds: float) -> float:
    rows, done = _rows(), 0
    database = await asyncpg.connect(server.url)
    try:
        begin = time.perf_counter()
        while time.perf_counter() < begin + seconds:
            async with database.transaction():
                await database.executemany("INSERT INTO measurement VALUES ($1, $2, $3, $4)", islice(rows, ROWS))
            done += ROWS
        return done / (time.perf_counter() - begin)
    finally:
        await database.close()
