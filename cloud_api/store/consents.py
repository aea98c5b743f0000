"""Consent: granted once, revoked once, in that order. Of several who try at the same moment, one does it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import OrderError
from cloud_api.store.schema import consent, meter

COLUMNS = [consent.c[name] for name in wire.Consent.__struct_fields__]


async def of(connection: AsyncConnection, household: UUID) -> wire.Consent:
    rows = await connection.execute(select(*COLUMNS).where(consent.c.household == household))
    return wire.Consent(**rows.mappings().one())


async def text_sha256(connection: AsyncConnection, household: UUID) -> str | None:
    """The hash of the text that was agreed to."""
    found: str | None = await connection.scalar(select(consent.c.text_sha256).where(consent.c.household == household))
    return found


_STANDING = (
    select(consent.c.household, meter.c.uuid)
    .outerjoin(meter, meter.c.household == consent.c.household)
    .where(consent.c.household.in_(bindparam("households", expanding=True)), consent.c.state == "granted")
    .with_for_update(read=True, of=consent)
)


def meters_by_consent(connection: Connection, households: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The meters of each household whose consent stands, and goes on to stand until the transaction ends."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for household, uuid in connection.execute(_STANDING, {"households": list(households)}):
        found[household].add(uuid)
    return {household: frozenset(meters) for household, meters in found.items()}


async def grant(
    connection: AsyncConnection, household: UUID, *, text_version: str, text_sha256: str, at: datetime
) -> None:
    """Raises OrderError unless consent was neither granted nor revoked before."""
    done = await connection.execute(
        update(consent)
        .where(consent.c.household == household, consent.c.state == "not-granted")
        .values(state="granted", granted_at=at, text_version=text_version, text_sha256=text_sha256)
    )
    if not done.rowcount:
        raise OrderError("consent was granted before")


async def not_revoked(connection: AsyncConnection) -> Sequence[UUID]:
    """Households whose consent stands, or was never granted."""
    return (await connection.scalars(select(consent.c.household).where(consent.c.state != "revoked"))).all()


async def revoke_again(connection: AsyncConnection, household: UUID, *, at: datetime) -> None:
    """Let consent be revoked that was so before this database was restored, even if it had not been granted yet."""
    await connection.execute(
        update(consent).where(consent.c.household == household).values(state="revoked", revoked_at=at)
    )


async def revoke(connection: AsyncConnection, household: UUID, *, at: datetime) -> None:
    """Raises OrderError unless consent stands."""
    done = await connection.execute(
        update(consent)
        .where(consent.c.household == household, consent.c.state == "granted")
        .values(state="revoked", revoked_at=at)
    )
    if not done.rowcount:
        raise OrderError("consent does not stand, so it cannot be revoked")
