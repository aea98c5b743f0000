"""Households and what hangs on them: shown one by one, or as a list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import MissingError
from cloud_api.store import schema
from cloud_api.wire.meter_models import is_known

T = TypeVar("T", bound=wire.Message)


async def account(connection: AsyncConnection, household: UUID) -> wire.Account | None:
    """The participant, none once the household is anonymised."""
    return (await _accounts(connection, [household])).get(household)


async def summary(connection: AsyncConnection, household: UUID) -> wire.HouseholdSummary:
    """The household of a device, without its parts."""
    return (await _summaries(connection, [household]))[household]


async def meters(connection: AsyncConnection, household: UUID) -> list[wire.Meter]:
    return (await _parts(connection, schema.meter, wire.Meter, [household]))[household]


async def pv_systems(connection: AsyncConnection, household: UUID) -> list[wire.PVSystem]:
    return (await _parts(connection, schema.pv_system, wire.PVSystem, [household]))[household]


async def whole(connection: AsyncConnection, household: UUID) -> wire.Household:
    """The household with everything that is known of it. Raises MissingError where there is none."""
    found = await _whole(connection, [household])
    if not found:
        raise MissingError("there is no such household")
    return found[0]


async def page(connection: AsyncConnection, *, limit: int, cursor: UUID | None) -> wire.Households:
    """Households in an order that stays, after the cursor."""
    query = select(schema.household.c.uuid).order_by(schema.household.c.uuid).limit(limit + 1)
    if cursor:
        query = query.where(schema.household.c.uuid > cursor)
    uuids = (await connection.scalars(query)).all()
    kept = await _whole(connection, uuids[:limit])
    return wire.Households(households=kept, next=kept[-1].uuid if len(uuids) > limit else None)


async def _whole(connection: AsyncConnection, households: Sequence[UUID]) -> list[wire.Household]:
    summaries = await _summaries(connection, households)
    accounts = await _accounts(connection, households)
    devices = await _parts(connection, schema.measurement_device, wire.MeasurementDevice, households)
    meters = await _parts(connection, schema.meter, wire.Meter, households)
    systems = await _parts(connection, schema.pv_system, wire.PVSystem, households)
    placements = await _extras(connection, schema.location, wire.Placement, households)
    consents = await _extras(connection, schema.consent, wire.Consent, households)
    return [
        wire.Household(
            uuid=uuid,
            participant=accounts.get(uuid),
            address=summary.address,
            location=summary.location,
            placement=placements.get(uuid),
            metadata=summary.metadata,
            measurement_devices=devices[uuid],
            meters=meters[uuid],
            pv_systems=systems[uuid],
            consent=consents[uuid],
        )
        for uuid in households
        if (summary := summaries.get(uuid))
    ]


async def _accounts(connection: AsyncConnection, households: Sequence[UUID]) -> dict[UUID, wire.Account]:
    query = (
        select(schema.household.c.uuid.label("household"), schema.participant)
        .join(schema.participant, schema.household.c.participant == schema.participant.c.uuid)
        .where(schema.household.c.uuid.in_(households))
    )
    rows = (await connection.execute(query)).mappings()
    return {row["household"]: _message(wire.Account, row) for row in rows}


async def _summaries(connection: AsyncConnection, households: Sequence[UUID]) -> dict[UUID, wire.HouseholdSummary]:
    addresses = await _extras(connection, schema.address, wire.Address, households)
    locations = await _extras(connection, schema.location, wire.Location, households)
    query = select(schema.household).where(schema.household.c.uuid.in_(households))
    return {
        row["uuid"]: wire.HouseholdSummary(
            uuid=row["uuid"],
            address=addresses.get(row["uuid"]),
            location=locations.get(row["uuid"]),
            metadata=_message(wire.Metadata, row),
        )
        for row in (await connection.execute(query)).mappings()
    }


async def _extras(
    connection: AsyncConnection, table: Table, kind: type[T], households: Sequence[UUID]
) -> dict[UUID, T]:
    """What a household has one of, or none."""
    rows = (await connection.execute(select(table).where(table.c.household.in_(households)))).mappings()
    return {row["household"]: _message(kind, row) for row in rows}


async def _parts(
    connection: AsyncConnection, table: Table, kind: type[T], households: Sequence[UUID]
) -> defaultdict[UUID, list[T]]:
    """What a household has several of, in the order of its document."""
    query = select(table).where(table.c.household.in_(households)).order_by(table.c.position)
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["household"]].append(_message(kind, row))
    return found


def _message(kind: type[T], row: RowMapping) -> T:
    """The message whose fields are named as the columns are; whether a model is known follows from its number."""
    columns = {name: row[name] for name in kind.__struct_fields__ if name in row}
    if kind is wire.Meter:
        columns["model_known"] = is_known(row["model_number"])
    return kind(**columns)
