"""Consent: granted once, revoked once, in that order. Of several who try at the same moment, one does it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import OrderError
from cloud_api.store.schema import consent

COLUMNS = [consent.c[name] for name in wire.Consent.__struct_fields__]


async def of(connection: AsyncConnection, household: UUID) -> wire.Consent:
    rows = await connection.execute(select(*COLUMNS).where(consent.c.household == household))
    return wire.Consent(**rows.mappings().one())


async def stands(connection: AsyncConnection, household: UUID) -> bool:
    """Whether measurements may be taken and given now."""
    return (await of(connection, household)).state == "granted"


async def grant(connection: AsyncConnection, household: UUID, *, text_version: str, at: datetime) -> None:
    """Raises OrderError unless consent was neither granted nor revoked before."""
    done = await connection.execute(
        update(consent)
        .where(consent.c.household == household, consent.c.state == "not-granted")
        .values(state="granted", granted_at=at, text_version=text_version)
    )
    if not done.rowcount:
        raise OrderError("consent was granted before")


async def revoke(connection: AsyncConnection, household: UUID, *, at: datetime) -> None:
    """Raises OrderError unless consent stands."""
    done = await connection.execute(
        update(consent)
        .where(consent.c.household == household, consent.c.state == "granted")
        .values(state="revoked", revoked_at=at)
    )
    if not done.rowcount:
        raise OrderError("consent does not stand, so it cannot be revoked")
