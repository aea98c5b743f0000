"""What administrators were told of, by each way of telling, so that nothing is told twice within an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import alert

HOUR = timedelta(hours=1)
FORGOTTEN = timedelta(days=30)
"""After this what lasts is told once more."""


class Occasion(NamedTuple):
    """Something that is to be told: what it is about, and since when."""

    subject: str
    since: datetime


class _Told(NamedTuple):
    since: datetime
    sent_at: datetime
    delivered: bool


async def claim(
    connection: AsyncConnection, channel: str, occasions: Sequence[Occasion], *, now: datetime
) -> list[Occasion]:
    """Those that are due, marked as being told now: one that nobody was told of, or that began again.

    The transaction has to be alone, so that of several who look one tells.
    """
    await connection.execute(delete(alert).where(alert.c.channel == channel, alert.c.sent_at < now - FORGOTTEN))
    told = await _told(connection, channel)
    due = [each for each in occasions if _is_due(each, told.get(each.subject), now)]
    await _mark(connection, channel, due, set(told), {"sent_at": now, "delivered": False})
    return due


async def confirm(connection: AsyncConnection, channel: str, told: Sequence[Occasion]) -> None:
    """They were told."""
    await _mark(connection, channel, told, {each.subject for each in told}, {"delivered": True})


async def put_back(connection: AsyncConnection, channel: str, told: Sequence[Occasion]) -> None:
    """They could not be told: whoever looks next finds them due."""
    gone = delete(alert).where(alert.c.channel == channel, alert.c.subject == bindparam("about"))
    if told:
        await connection.execute(gone, [{"about": each.subject} for each in told])


def _is_due(occasion: Occasion, told: _Told | None, now: datetime) -> bool:
    if told is None:
        return True
    new = not told.delivered or occasion.since > told.since
    return new and told.sent_at <= now - HOUR


async def _told(connection: AsyncConnection, channel: str) -> dict[str, _Told]:
    query = select(alert.c.subject, alert.c.since, alert.c.sent_at, alert.c.delivered)
    rows = await connection.execute(query.where(alert.c.channel == channel))
    return {row.subject: _Told(row.since, row.sent_at, row.delivered) for row in rows}


async def _mark(
    connection: AsyncConnection, channel: str, told: Sequence[Occasion], known: set[str], values: dict[str, object]
) -> None:
    new = [{"channel": channel, **each._asdict(), **values} for each in told if each.subject not in known]
    old = [{"about": each.subject, "began": each.since} for each in told if each.subject in known]
    if new:
        await connection.execute(insert(alert), new)
    if old:
        here = update(alert).where(alert.c.channel == channel, alert.c.subject == bindparam("about"))
        await connection.execute(here.values(since=bindparam("began", type_=alert.c.since.type), **values), old)
