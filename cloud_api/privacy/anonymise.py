"""Anonymising a household, once and for good, in the transaction that revokes its consent."""

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.privacy.atlas import Atlas
from cloud_api.privacy.ring import Ring, displaced
from cloud_api.privacy.tables import RULES
from cloud_api.store import details, locations
from cloud_api.store.locations import Placed

Displace = Callable[[float, float, Ring], tuple[float, float]]
logger = logging.getLogger(__name__)


async def anonymise(
    connection: AsyncConnection, household: UUID, *, atlas: Atlas, displace: Displace = displaced
) -> None:
    """Take away whoever and wherever it was, and coarsen the plant. What is overwritten is kept nowhere."""
    for erase in RULES.values():
        await erase(connection, household)
    await _displace(connection, household, atlas, displace)
    await details.count(connection, household)


async def _displace(connection: AsyncConnection, household: UUID, atlas: Atlas, displace: Displace) -> None:
    """Put a point of the ring in the place's stead; where no density can be found, the place goes altogether."""
    old = await locations.of(connection, household)
    if old is None:
        return
    regions = await atlas.regions(connection)
    region = regions.at(old.latitude, old.longitude) if regions else None
    if regions is None or region is None:
        logger.warning("a location was erased, because the density of its region is not known")
        await locations.put(connection, household, None)
        return
    latitude, longitude = displace(old.latitude, old.longitude, Ring.at_density(region.density))
    there = regions.at(latitude, longitude)
    await locations.put(
        connection,
        household,
        Placed(latitude=latitude, longitude=longitude, precision="displaced", region=there.nuts3 if there else None),
    )
