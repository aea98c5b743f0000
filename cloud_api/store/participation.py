"""Counting households by what they have in common."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, case, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.moments import MICROSECOND, to_micros
from cloud_api.store.register import joined
from cloud_api.store.schema import consent, household, location, pv_system

Counts = Counter[str]
STEPS = ((5, "0-5"), (10, "5-10"), (30, "10-30"))
"""Below how many kW a group of PV power ends, and what it is called."""
LARGEST, NONE = "30-", "none"
UNKNOWN = "unknown"
MOST = 60
"""Moments that are looked back at."""


_ANSWERED = func.coalesce(consent.c.granted_at, consent.c.revoked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """How many households stood how at its end."""

    day: date
    counts: dict[str, int]


async def by_consent(connection: AsyncConnection) -> Counts:
    return await _count(connection, select(consent.c.state, func.count()).group_by(consent.c.state))


async def by_completeness(connection: AsyncConnection) -> Counts:
    """Of those whose consent stands: whether they have every detail."""
    whole = case((household.c.lacking_details == 0, "complete"), else_="incomplete")
    return await _count(connection, _standing(select(whole, func.count())).group_by(whole))


async def by_federal_state(connection: AsyncConnection) -> Counts:
    code = func.coalesce(func.substr(location.c.region, 1, 3), UNKNOWN)
    return await _count(connection, _standing(select(code, func.count())).group_by(code))


async def by_pv_power(connection: AsyncConnection) -> Counts:
    power = (
        select(func.sum(pv_system.c.nominal_power)).where(pv_system.c.household == household.c.uuid).scalar_subquery()
    )
    group = case((power.is_(None), NONE), *((power < end, name) for end, name in STEPS), else_=LARGEST)
    found = _standing(select(group.label("kind"))).subquery()
    return await _count(connection, select(found.c.kind, func.count()).group_by(found.c.kind))


def ends(step: str, now: datetime) -> list[datetime]:
    """The ends of the last weeks or months, UTC, and now."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight - timedelta(days=midnight.weekday()) if step == "week" else midnight.replace(day=1)
    found = [now]
    while len(found) < MOST:
        if end < found[0]:
            found.insert(0, end)
        end = end - timedelta(weeks=1) if step == "week" else (end - timedelta(days=1)).replace(day=1)
    return found


async def over_time(connection: AsyncConnection, moments: Sequence[datetime]) -> list[Day]:
    """How many households stood how at some moments, from the first one on at which there were any."""
    whole = (type_coerce(column, BigInteger) for column in (household.c.registered_at, _ANSWERED, consent.c.revoked_at))
    rows = (await connection.execute(select(*whole).join(consent, consent.c.household == household.c.uuid))).all()
    registered, answered, revoked = (sorted(at for at in column if at is not None) for column in _columns(rows))
    found = []
    for moment in moments:
        at = to_micros(moment)
        known, asked, gone = (bisect_right(times, at) for times in (registered, answered, revoked))
        if known:
            counts = {"not-granted": known - asked, "granted": asked - gone, "revoked": gone}
            found.append(Day(day=(moment - MICROSECOND).date(), counts=counts))
    return found


def _columns(rows: Sequence[Any]) -> Sequence[Sequence[int | None]]:
    return list(zip(*rows, strict=True)) or [(), (), ()]


def _standing(query: Select[*tuple[Any, ...]]) -> Select[Any]:
    return joined(query).where(consent.c.state == "granted")


async def _count(connection: AsyncConnection, query: Select[Any]) -> Counts:
    return Counter({name: count for name, count in await connection.execute(query)})  # noqa: C416  # a row is no pair to dict()
