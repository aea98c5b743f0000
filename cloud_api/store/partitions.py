"""Measurements on PostgreSQL lie in one table a month, each made before its month begins."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.moments import to_micros

AHEAD = 3
"""Months that have their table before they begin."""
REST = "measurement_rest"
"""Takes every moment whose month has no table: what devices held before there was a cloud."""


async def make_ahead(connection: AsyncConnection, now: datetime) -> list[str]:
    """Make the tables of this month and of those after it that are missing; their names.

    What the rest holds of such a month (there was nobody to make its table in time) moves into the month's table.
    """
    known = set(await connection.scalars(text("SELECT relname FROM pg_class WHERE relname LIKE 'measurement\\_%'")))
    made = [begin for begin in months(now, AHEAD + 1) if name_of(begin) not in known]
    for begin in made:
        name, since, until = name_of(begin), to_micros(begin), to_micros(after(begin))
        within = f"time >= {since} AND time < {until}"
        for statement in (
            f"CREATE TABLE {name} (LIKE measurement INCLUDING ALL)",
            f"INSERT INTO {name} SELECT * FROM {REST} WHERE {within}",  # noqa: S608  # names and numbers are ours
            f"DELETE FROM {REST} WHERE {within}",  # noqa: S608  # the same
            f"ALTER TABLE measurement ATTACH PARTITION {name} FOR VALUES FROM ({since}) TO ({until})",
        ):
            await connection.exec_driver_sql(statement)
    return [name_of(begin) for begin in made]


def months(now: datetime, count: int) -> Iterator[datetime]:
    """The beginnings of so many months, this one first."""
    begin = datetime(now.year, now.month, 1, tzinfo=UTC)
    for _ in range(count):
        yield begin
        begin = after(begin)


def after(begin: datetime) -> datetime:
    """The beginning of the next month."""
    return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)


def name_of(begin: datetime) -> str:
    return f"measurement_{begin:%Y_%m}"
