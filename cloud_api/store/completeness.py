"""How complete the measurements of each household are, written down so that very many can be listed by it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.ledger.reckoning import Tally
from cloud_api.store import ledgers
from cloud_api.store.database import Database
from cloud_api.store.schema import consent, household

AGE = timedelta(hours=1)
"""How old a figure becomes before it is reckoned anew."""
AT_ONCE = 200
"""Households of one round: so many take seconds. Beyond 12,000 households figures become older than an hour."""


async def refresh(database: Database, *, now: datetime) -> int:
    """Reckon the oldest figures anew, from the ledgers; how many. Once consent is revoked, a figure stays."""
    async with database.read() as connection:
        found = [
            {"about": uuid, "completeness": await _of(connection, uuid, now), "reckoned_at": now}
            for uuid in (await connection.scalars(_OLD, {"old": now - AGE})).all()
        ]
    if found:
        async with database.write() as connection:
            await connection.execute(_WRITE, found)
    return len(found)


async def _of(connection: AsyncConnection, uuid: UUID, now: datetime) -> float | None:
    found = await ledgers.of_household(connection, uuid, now=now)
    return sum((ledger.tally for ledger in found.values()), start=Tally()).completeness


_RECKONED = household.c.reckoned_at
_OLD = (
    select(household.c.uuid)
    .join(consent, consent.c.household == household.c.uuid)
    .where(
        consent.c.state != "not-granted",
        or_(
            _RECKONED.is_(None),
            (consent.c.state == "granted") & (bindparam("old", type_=_RECKONED.type) >= _RECKONED),
            consent.c.revoked_at > _RECKONED,
        ),
    )
    .order_by(_RECKONED.is_not(None), _RECKONED)
    .limit(AT_ONCE)
)
_WRITE = (
    update(household)
    .where(household.c.uuid == bindparam("about"))
    .values(
        completeness=bindparam("completeness"),
        reckoned_at=bindparam("reckoned_at", type_=_RECKONED.type),
    )
)
