"""Diagnostics: asked for by an administrator, sent by the device at its next contact, kept until the next."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.schema import diagnostics, measurement_device


class Kept(NamedTuple):
    """The last diagnostics that a device sent."""

    received_at: datetime
    content: bytes


async def want(connection: AsyncConnection, device: UUID, *, at: datetime) -> bool:
    """Ask for a device's diagnostics. False where there is no such device."""
    mine = measurement_device.c.uuid == device
    asked = update(measurement_device).where(mine).values(diagnostics_wanted_at=at)
    return bool((await connection.execute(asked)).rowcount)


async def keep(connection: AsyncConnection, device: UUID, content: bytes, *, at: datetime) -> bool:
    """Keep what a device sent, in place of what it sent before. False where nobody had asked."""
    asked = (measurement_device.c.uuid == device, measurement_device.c.diagnostics_wanted_at.is_not(None))
    done = await connection.execute(update(measurement_device).where(*asked).values(diagnostics_wanted_at=None))
    if not done.rowcount:
        return False
    await connection.execute(delete(diagnostics).where(diagnostics.c.measurement_device == device))
    await connection.execute(insert(diagnostics).values(measurement_device=device, received_at=at, content=content))
    return True


async def kept(connection: AsyncConnection, device: UUID) -> Kept | None:
    query = select(diagnostics.c.received_at, diagnostics.c.content)
    row = (await connection.execute(query.where(diagnostics.c.measurement_device == device))).one_or_none()
    return Kept(*row) if row else None


async def status(connection: AsyncConnection, device: UUID) -> wire.DiagnosticsStatus:
    """Whether they were asked for, and when the last came."""
    query = (
        select(measurement_device.c.diagnostics_wanted_at, diagnostics.c.received_at)
        .outerjoin(diagnostics, diagnostics.c.measurement_device == measurement_device.c.uuid)
        .where(measurement_device.c.uuid == device)
    )
    wanted_at, received_at = (await connection.execute(query)).one()
    return wire.DiagnosticsStatus(wanted_at=wanted_at, received_at=received_at)


async def forget(connection: AsyncConnection, household: UUID) -> None:
    """Take away what the devices of a household sent, and what was still to be sent."""
    own = select(measurement_device.c.uuid).where(measurement_device.c.household == household)
    await connection.execute(delete(diagnostics).where(diagnostics.c.measurement_device.in_(own)))
    asked = update(measurement_device).where(measurement_device.c.household == household)
    await connection.execute(asked.values(diagnostics_wanted_at=None))
