"""Households and what hangs on them: registered, shown, listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import EmailTakenError, Fault, MissingError
from cloud_api.store import consents, schema

T = TypeVar("T", bound=wire.Message)

METADATA = wire.Metadata.__struct_fields__


async def add(connection: AsyncConnection, draft: wire.HouseholdDraft, *, at: datetime) -> UUID:
    """Register a household. Raises EmailTakenError where the address belongs to a participant of another name."""
    uuid = uuid4()
    participant = await _participant(connection, draft.participant)
    devices = [uuid4() for _ in draft.measurement_devices]
    meters = [uuid4() for _ in draft.meters]
    await connection.execute(
        insert(schema.household).values(
            uuid=uuid, participant=participant, registered_at=at, **_columns(draft.metadata)
        )
    )
    await connection.execute(insert(schema.address).values(household=uuid, **_columns(draft.address)))
    if draft.location:
        await connection.execute(insert(schema.location).values(household=uuid, **_columns(draft.location)))
    await connection.execute(insert(schema.consent).values(household=uuid, state="not-granted"))
    await _add_parts(
        connection,
        schema.measurement_device,
        uuid,
        [_columns(device) | {"uuid": devices[place]} for place, device in enumerate(draft.measurement_devices)],
    )
    await _add_parts(
        connection,
        schema.meter,
        uuid,
        [
            _columns(meter) | {"uuid": meters[place], "measurement_device": devices[meter.measurement_device]}
            for place, meter in enumerate(draft.meters)
        ],
    )
    await _add_parts(
        connection,
        schema.pv_system,
        uuid,
        [_columns(system) | {"uuid": uuid4(), "meter": meters[system.meter]} for system in draft.pv_systems],
    )
    return uuid


async def account(connection: AsyncConnection, household: UUID) -> wire.Account | None:
    """The participant, none once the household is anonymised."""
    query = (
        select(schema.participant)
        .join(schema.household, schema.household.c.participant == schema.participant.c.uuid)
        .where(schema.household.c.uuid == household)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return wire.Account(**row) if row else None


async def summary(connection: AsyncConnection, household: UUID) -> wire.HouseholdSummary:
    """The household without its parts. Raises MissingError where there is none."""
    query = select(schema.household).where(schema.household.c.uuid == household)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise MissingError("there is no such household")
    return wire.HouseholdSummary(
        uuid=household,
        address=await _extra(connection, schema.address, wire.Address, household),
        location=await _extra(connection, schema.location, wire.Location, household),
        metadata=wire.Metadata(**{name: row[name] for name in METADATA}),
    )


async def measurement_devices(connection: AsyncConnection, household: UUID) -> list[wire.MeasurementDevice]:
    return await _parts(connection, schema.measurement_device, wire.MeasurementDevice, household)


async def meters(connection: AsyncConnection, household: UUID) -> list[wire.Meter]:
    return await _parts(connection, schema.meter, wire.Meter, household)


async def pv_systems(connection: AsyncConnection, household: UUID) -> list[wire.PVSystem]:
    return await _parts(connection, schema.pv_system, wire.PVSystem, household)


async def whole(connection: AsyncConnection, household: UUID) -> wire.Household:
    """The household with everything that is known of it. Raises MissingError where there is none."""
    about = await summary(connection, household)
    return wire.Household(
        uuid=household,
        participant=await account(connection, household),
        address=about.address,
        location=about.location,
        metadata=about.metadata,
        measurement_devices=await measurement_devices(connection, household),
        meters=await meters(connection, household),
        pv_systems=await pv_systems(connection, household),
        consent=await consents.of(connection, household),
    )


async def after(connection: AsyncConnection, household: UUID | None, *, limit: int) -> Sequence[UUID]:
    """The households that follow one, in an order that stays."""
    query = select(schema.household.c.uuid).order_by(schema.household.c.uuid).limit(limit)
    if household:
        query = query.where(schema.household.c.uuid > household)
    return (await connection.scalars(query)).all()


async def _participant(connection: AsyncConnection, draft: wire.ParticipantDraft) -> UUID:
    known = schema.participant
    query = select(known.c.uuid, known.c.name).where(func.lower(known.c.email) == draft.email.lower())
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        uuid = uuid4()
        await connection.execute(insert(known).values(uuid=uuid, **_columns(draft)))
        return uuid
    if row.name != draft.name:
        raise EmailTakenError(
            "this e-mail address belongs to a participant of another name",
            Fault(pointer="/participant/email", detail="belongs to a participant of another name"),
        )
    found: UUID = row.uuid
    return found


async def _add_parts(connection: AsyncConnection, table: Table, household: UUID, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(
            insert(table), [row | {"household": household, "position": place} for place, row in enumerate(rows)]
        )


async def _parts(connection: AsyncConnection, table: Table, kind: type[T], household: UUID) -> list[T]:
    columns = [table.c[name] for name in kind.__struct_fields__]
    query = select(*columns).where(table.c.household == household).order_by(table.c.position)
    return [kind(**row) for row in (await connection.execute(query)).mappings()]


async def _extra(connection: AsyncConnection, table: Table, kind: type[T], household: UUID) -> T | None:
    columns = [table.c[name] for name in kind.__struct_fields__]
    rows = await connection.execute(select(*columns).where(table.c.household == household))
    row = rows.mappings().one_or_none()
    return kind(**row) if row else None


def _columns(message: wire.Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__struct_fields__}
