"""The details that a household ought to have: which it lacks, and how many, written down to list very many by it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, case, literal, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from cloud_api.store.schema import household, location, meter, pv_system
from cloud_api.wire.register import Lack

_OF = household.c.uuid


def _with(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a household has something that stands in another table."""
    return select(literal(1)).where(table.c.household == _OF, *conditions).correlate(household).exists()


LACKS: dict[Lack, ColumnElement[bool]] = {
    "location": not_(_with(location)),
    "region": _with(location, location.c.region.is_(None)),
    "electricity-meter": not_(_with(meter, meter.c.type == "ELECTRICITY")),
    "pv-system": not_(_with(pv_system)),
}
"""What says that a household lacks a detail."""
COLUMNS = [lack.label(f"lacks-{name}") for name, lack in LACKS.items()]


def lacks_of(row: Row[Any]) -> list[Lack]:
    """Which details a household lacks, out of a row with `COLUMNS`."""
    return [name for name in LACKS if row._mapping[f"lacks-{name}"]]  # noqa: SLF001  # its public way to a column by name


async def count(connection: AsyncConnection, uuid: UUID) -> None:
    """Write down how many a household lacks; for whoever has just changed one of them, in the same transaction."""
    lacking = sum((case((lack, 1), else_=0) for lack in LACKS.values()), start=literal(0))
    await connection.execute(update(household).where(household.c.uuid == uuid).values(lacking_details=lacking))
