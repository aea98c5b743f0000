"""Rollouts: what is known of the devices among which a release is spread."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import measurement_device


async def devices(connection: AsyncConnection) -> Sequence[UUID]:
    """All there are."""
    return (await connection.execute(select(measurement_device.c.uuid))).scalars().all()
