"""The details that a household ought to have: which it lacks, and how many, written down to list very many by it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import household, location, meter, pv_system
from cloud_api.wire.register import Lack


async def lacking(connection: AsyncConnection, households: Sequence[UUID]) -> dict[UUID, list[Lack]]:
    """Which details each of some households lacks."""
    if not households:
        return {}
    where = select(location.c.household, location.c.region).where(location.c.household.in_(households))
    regions = {row.household: row.region for row in await connection.execute(where)}
    metered = select(meter.c.household).where(meter.c.household.in_(households), meter.c.type == "ELECTRICITY")
    planted = select(pv_system.c.household).where(pv_system.c.household.in_(households))
    has_meter, has_plant = set(await connection.scalars(metered)), set(await connection.scalars(planted))

    def of(uuid: UUID) -> list[Lack]:
        lacks: dict[Lack, bool] = {
            "location": uuid not in regions,
            "region": uuid in regions and regions[uuid] is None,
            "electricity-meter": uuid not in has_meter,
            "pv-system": uuid not in has_plant,
        }
        return [name for name, is_lacking in lacks.items() if is_lacking]

    return {uuid: of(uuid) for uuid in households}


async def count(connection: AsyncConnection, uuid: UUID) -> None:
    """Write down how many a household lacks; for whoever has just changed one of them, in the same transaction."""
    found = (await lacking(connection, [uuid]))[uuid]
    await connection.execute(update(household).where(household.c.uuid == uuid).values(lacking_details=len(found)))
