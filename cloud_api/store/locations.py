"""Where a household is: its point, how exactly that is known, and in which region it lies."""

from typing import Self
from uuid import UUID

import msgspec
from msgspec import UnsetType
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.schema import location
from cloud_api.wire.fields import Precision


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A point in WGS 84, how exactly it is known, and its region's NUTS 3 code, none where that is not known."""

    latitude: float
    longitude: float
    precision: Precision
    region: str | None = None

    @classmethod
    def by_hand(cls, given: wire.Location) -> Self:
        return cls(latitude=given.latitude, longitude=given.longitude, precision="manual")


COLUMNS = [location.c[name] for name in Placed.__struct_fields__]


Moved = Placed | UnsetType | None
"""Where a household is to be: UNSET where that stays."""


async def of(connection: AsyncConnection, household: UUID) -> Placed | None:
    row = (await connection.execute(select(*COLUMNS).where(location.c.household == household))).mappings().one_or_none()
    return None if row is None else Placed(**row)


async def put(connection: AsyncConnection, household: UUID, placed: Placed | None) -> None:
    """The household's place from now on; what was there before is gone."""
    await connection.execute(delete(location).where(location.c.household == household))
    if placed:
        await connection.execute(insert(location).values(household=household, **msgspec.structs.asdict(placed)))
