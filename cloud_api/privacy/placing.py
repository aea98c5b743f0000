"""Placing a household: its point, given or geocoded, and the region without which it could not be displaced later."""

from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import Fault, FieldsError
from cloud_api.privacy.atlas import Atlas
from cloud_api.privacy.geocoding import Geocoder
from cloud_api.store import households
from cloud_api.store.amending import wanted_place
from cloud_api.store.database import Database
from cloud_api.store.locations import Moved, Placed

NOWHERE = "Expected a point in Germany, or within 10 km of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placer:
    """Finds the place of an address. Asks the geocoder, if there is one, before the table of postal codes."""

    atlas: Atlas = field(default_factory=Atlas)
    geocoder: Geocoder | None = None

    async def place(self, database: Database, address: wire.Address, given: wire.Location | None) -> Placed | None:
        """None where the address is not found. Raises FieldsError for a point that lies in no region.

        A geocoder takes its time, so this comes before a transaction that writes. Without geodata the region stays
        unknown.
        """
        if given:
            async with database.read() as connection:
                return await self.by_hand(connection, given)
        found = await self._geocoded(database, address)
        if found is None:
            return None
        async with database.read() as connection:
            return await self._in_region(connection, found, "/address")

    async def moved(self, database: Database, household: UUID, patch: wire.HouseholdPatch) -> Moved:
        """The place of a household once it is corrected; UNSET where that stays.

        Raises MissingError where there is no such household, FieldsError for a point that lies in no region.
        """
        async with database.read() as connection:
            wanted = wanted_place(await households.whole(connection, household), patch)
        return UNSET if wanted is None else await self.place(database, *wanted)

    async def by_hand(self, connection: AsyncConnection, given: wire.Location) -> Placed:
        """The place that somebody has set. Raises FieldsError for a point that lies in no region."""
        return await self._in_region(connection, Placed.by_hand(given), "/location")

    async def _in_region(self, connection: AsyncConnection, placed: Placed, pointer: str) -> Placed:
        regions = await self.atlas.regions(connection)
        if regions is None:
            return placed
        region = regions.at(placed.latitude, placed.longitude)
        if region is None:
            raise FieldsError(NOWHERE, Fault(pointer=pointer, detail=NOWHERE))
        return msgspec.structs.replace(placed, region=region.nuts3)

    async def _geocoded(self, database: Database, address: wire.Address) -> Placed | None:
        found = await self.geocoder.find(address) if self.geocoder else None
        if found:
            return found
        async with database.read() as connection:
            table = await self.atlas.postal_codes(connection)
        return table.find(address) if table else None
