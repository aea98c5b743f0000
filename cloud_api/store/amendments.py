"""What was changed of registered households, by whom and when; the values only as long as consent is not revoked."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.schema import amendment

LISTS = ("measurement_devices", "meters", "pv_systems")
PLACE = "/location"
MOST = 500
"""Of a household's changes, the newest are shown."""


async def note(
    connection: AsyncConnection, before: wire.Household, after: wire.Household, *, who: str, at: datetime
) -> None:
    """Remember in what a household differs from how it was."""
    changed = [
        {"household": after.uuid, "at": at, "who": who, "field": field, "before": old, "after": new}
        for field, old, new in differences(before, after)
    ]
    if not changed:
        return
    last = await connection.scalar(select(func.max(amendment.c.number)).where(amendment.c.household == after.uuid))
    rows = [{**row, "number": number} for number, row in enumerate(changed, start=(last or 0) + 1)]
    await connection.execute(insert(amendment), rows)


async def of(connection: AsyncConnection, household: UUID) -> list[wire.Amendment]:
    """The newest first."""
    columns = [amendment.c[name] for name in wire.Amendment.__struct_fields__]
    query = select(*columns).where(amendment.c.household == household).order_by(amendment.c.number.desc())
    return [wire.Amendment(**row) for row in (await connection.execute(query.limit(MOST))).mappings()]


async def forget(connection: AsyncConnection, household: UUID) -> None:
    """Leave of each change that there was one: its values tell of people."""
    await connection.execute(
        update(amendment).where(amendment.c.household == household).values(before=None, after=None)
    )


def differences(before: wire.Household, after: wire.Household) -> Iterator[tuple[str, str | None, str | None]]:
    """Fields as JSON pointers, with what stood there and what stands there now; None where there was or is nothing.

    An entry of a list is named by its uuid. Of a location no coordinate is told: the old one is to be kept nowhere.
    """
    if before.location != after.location:
        yield PLACE, None, None
    old, new = _fields(before), _fields(after)
    for field in dict.fromkeys([*old, *new]):
        if old.get(field) != new.get(field):
            yield field, old.get(field), new.get(field)


def _fields(household: wire.Household) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in (household.participant, household.address, household.metadata):
        if part is not None:
            name = {wire.Account: "participant", wire.Address: "address"}.get(type(part), "metadata")
            found |= {f"/{name}/{field}": value for field, value in _texts(part).items()}
    for name in LISTS:
        for entry in getattr(household, name):
            found |= {f"/{name}/{entry.uuid}/{field}": value for field, value in _texts(entry).items()}
    return found


def _texts(message: wire.Message) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in msgspec.to_builtins(message).items()
        if name not in {"uuid", "model_known"}
    }
