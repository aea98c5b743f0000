"""Counting households by what they have in common."""

from collections import Counter
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.register import LACKING, joined
from cloud_api.store.schema import consent, household, location, pv_system

Counts = Counter[str]
STEPS = ((5, "0-5"), (10, "5-10"), (30, "10-30"))
"""Below how many kW a group of PV power ends, and what it is called."""
LARGEST, NONE = "30-", "none"
UNKNOWN = "unknown"


async def by_consent(connection: AsyncConnection) -> Counts:
    return await _count(connection, select(consent.c.state, func.count()).group_by(consent.c.state))


async def by_completeness(connection: AsyncConnection) -> Counts:
    """Of those whose consent stands: whether they have every detail."""
    whole = case((LACKING == 0, "complete"), else_="incomplete")
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


async def by_month(connection: AsyncConnection) -> Counts:
    """By the month, in UTC, in which consent was granted."""
    moments = await connection.scalars(select(consent.c.granted_at).where(consent.c.granted_at.is_not(None)))
    return Counter(f"{moment:%Y-%m}" for moment in moments if moment)


def _standing(query: Select[*tuple[Any, ...]]) -> Select[Any]:
    return joined(query).where(consent.c.state == "granted")


async def _count(connection: AsyncConnection, query: Select[Any]) -> Counts:
    return Counter({name: count for name, count in await connection.execute(query)})  # noqa: C416  # a row is no pair to dict()
