"""Leases: which port of which bastion a device was given, until it ends or is denied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import lease

FIRST_PORT, LAST_PORT = 10_000, 59_999
REST = timedelta(hours=1)
"""For which a port rests after its lease has ended, until the bastion has surely closed what was old."""
AT_ONCE = 256
"""Ports that are looked at in one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What was leased to a device."""

    bastion: str
    port: int
    host_key: str
    """By which the device's own SSH server is known."""


async def take(
    connection: AsyncConnection, device: UUID, bastion: str, host_key: str, *, now: datetime, until: datetime
) -> int | None:
    """Lease a port that nobody has, in a transaction that is alone; None where all are leased.

    Ports are taken in turn, so that one comes back as late as can be: a dead session on it blocks nobody.
    """
    await connection.execute(delete(lease).where(lease.c.not_after < now - REST))
    newest = select(lease.c.port).where(lease.c.bastion == bastion)
    last: int | None = await connection.scalar(newest.order_by(lease.c.issued_at.desc(), lease.c.port.desc()).limit(1))
    port = await _free_after(connection, bastion, LAST_PORT if last is None else last)
    if port is not None:
        await connection.execute(
            insert(lease).values(
                bastion=bastion, port=port, device=device, host_key=host_key, issued_at=now, not_after=until
            )
        )
    return port


async def _free_after(connection: AsyncConnection, bastion: str, last: int) -> int | None:
    ports: list[int] = [*range(last + 1, LAST_PORT + 1), *range(FIRST_PORT, last + 1)]
    for begin in range(0, len(ports), AT_ONCE):
        some = ports[begin : begin + AT_ONCE]
        query = select(lease.c.port).where(lease.c.bastion == bastion, lease.c.port.in_(some))
        leased = set((await connection.scalars(query)).all())
        for port in some:
            if port not in leased:
                return port
    return None


async def newest(connection: AsyncConnection, device: UUID, *, now: datetime) -> Lease | None:
    """Where a device was last let listen; None where that has ended or was denied."""
    query = (
        select(lease.c.bastion, lease.c.port, lease.c.host_key)
        .where(lease.c.device == device, lease.c.not_after > now, lease.c.denied_at.is_(None))
        .order_by(lease.c.issued_at.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    return Lease(bastion=row.bastion, port=row.port, host_key=row.host_key) if row else None


async def deny(connection: AsyncConnection, device: UUID, *, at: datetime) -> None:
    """End the leases of a device."""
    mine = update(lease).where(lease.c.device == device, lease.c.denied_at.is_(None))
    await connection.execute(mine.values(denied_at=at))


async def denied(connection: AsyncConnection) -> Sequence[tuple[UUID, int]]:
    """Device and port of the leases that were denied, while a session could still stand on them."""
    query = select(lease.c.device, lease.c.port).where(lease.c.denied_at.is_not(None))
    rows = (await connection.execute(query.order_by(lease.c.denied_at, lease.c.port))).all()
    return [(row.device, row.port) for row in rows]
