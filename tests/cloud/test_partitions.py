"""On PostgreSQL measurements lie in a table a month, made before it begins."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import app
from cloud_api.store import measurements
from cloud_api.store.database import Database
from cloud_api.store.measurements import Row
from cloud_api.store.partitions import after, months, name_of
from cloud_api.store.place import Place
from tests.cloud.running import HandClock

pytestmark = pytest.mark.on_postgresql
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def where(connection: AsyncConnection) -> dict[datetime, str]:
    """The table in which each measurement lies."""
    rows = await connection.execute(text("SELECT time, tableoid::regclass::text FROM measurement ORDER BY time"))
    return {datetime.fromtimestamp(time / 1_000_000, UTC): table for time, table in rows}


async def keep(connection: AsyncConnection, *times: datetime) -> None:
    await connection.run_sync(measurements.add, [Row(UUID(int=1), UUID(int=2), time, "[]") for time in times])


async def test_a_month_s_measurements_lie_together_from_its_first_moment_to_its_last(place: Place) -> None:
    first, last = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    async with Database.open(place) as database:
        await database.tend(NOW)
        async with database.write() as connection:
            await keep(connection, NOW, first, last, first - tick, last + tick)
            assert await where(connection) == {
                NOW: "measurement_2026_11",
                first - tick: "measurement_2026_11",
                first: "measurement_2026_12",
                last: "measurement_2026_12",
                last + tick: "measurement_2027_01",
            }


async def test_months_without_a_table_are_kept_in_the_rest_and_move_when_theirs_is_made(place: Place) -> None:
    long_ago, later = NOW - timedelta(days=400), NOW + timedelta(days=400)
    async with Database.open(place) as database:
        await database.tend(NOW)
        async with database.write() as connection:
            await keep(connection, long_ago, later)
            assert set((await where(connection)).values()) == {"measurement_rest"}
        await database.tend(later)
        async with database.write() as connection:
            assert await where(connection) == {long_ago: "measurement_rest", later: "measurement_2027_12"}
            await keep(connection, later)
            assert len(await where(connection)) == 2


async def test_the_service_makes_the_months_to_come_by_itself(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "TEND_EVERY", 0.01)
    clock = HandClock(NOW)
    async with Database.open(place) as database, app.tending(database, clock):
        assert await made(database) == ["2026_11", "2026_12", "2027_01", "2027_02"]
        clock.move(timedelta(days=31))
        async with asyncio.timeout(5):
            while "2027_03" not in (names := await made(database)):  # noqa: ASYNC110  # the service sets no event of ours
                await asyncio.sleep(0.01)
    assert names == ["2026_11", "2026_12", "2027_01", "2027_02", "2027_03"]


async def made(database: Database) -> list[str]:
    async with database.read() as connection:
        query = text(r"SELECT relname FROM pg_class WHERE relname ~ '^measurement_\d{4}_\d\d$' ORDER BY relname")
        return [name.removeprefix("measurement_") for name in await connection.scalars(query)]


@given(st.integers(0, 7_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_months_follow_each_other_and_begin_with_the_given_one(now: datetime) -> None:
    found = list(months(now, 14))
    assert found[0] <= now < found[1]
    assert all(after(one) == other for one, other in pairwise(found))
    assert (found[12].year, found[12].month) == (now.year + 1, now.month)
    assert name_of(found[0]) == f"measurement_{now.year}_{now.month:02}"
