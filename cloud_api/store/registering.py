"""Registering: a household's document becomes rows, and everything in it gets its uuid."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import EmailTakenError, Fault
from cloud_api.store import details, locations, schema
from cloud_api.store.locations import Placed


async def register(
    connection: AsyncConnection, draft: wire.HouseholdDraft, *, placed: Placed | None, at: datetime
) -> UUID:
    """Register a household, at its place if that is known.

    Raises EmailTakenError where the address belongs to a participant of another name.
    """
    uuid = uuid4()
    participant = await _participant(connection, draft.participant)
    head = {"uuid": uuid, "participant": participant, "registered_at": at, **_columns(draft.metadata)}
    await connection.execute(insert(schema.household).values(head))
    await connection.execute(insert(schema.address).values(household=uuid, **_columns(draft.address)))
    await locations.put(connection, uuid, placed)
    await connection.execute(insert(schema.consent).values(household=uuid, state="not-granted"))

    devices = [{"uuid": uuid4(), **_columns(device)} for device in draft.measurement_devices]
    meters = [
        {"uuid": uuid4(), **_columns(meter), "measurement_device": devices[meter.measurement_device]["uuid"]}
        for meter in draft.meters
    ]
    systems = [
        {"uuid": uuid4(), **_columns(system), "meter": meters[system.meter]["uuid"]} for system in draft.pv_systems
    ]
    for table, rows in ((schema.measurement_device, devices), (schema.meter, meters), (schema.pv_system, systems)):
        await _add_parts(connection, table, uuid, rows)
    await details.count(connection, uuid)
    return uuid


async def _participant(connection: AsyncConnection, draft: wire.ParticipantDraft) -> UUID:
    known = await check_email(connection, draft)
    if known is None:
        known = uuid4()
        await connection.execute(insert(schema.participant).values(uuid=known, **_columns(draft)))
    return known


async def check_email(connection: AsyncConnection, draft: wire.ParticipantDraft) -> UUID | None:
    """The participant of this e-mail address, if there is one. Raises EmailTakenError where it is another person."""
    known = schema.participant
    query = select(known.c.uuid, known.c.name).where(func.lower(known.c.email) == draft.email.lower())
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    if row.name != draft.name:
        sentence = "belongs to a participant of another name"
        raise EmailTakenError(f"the e-mail address {sentence}", Fault(pointer="/participant/email", detail=sentence))
    found: UUID = row.uuid
    return found


async def lives_at(connection: AsyncConnection, participant: UUID, address: wire.Address) -> bool:
    """Whether a household of the participant has this address."""
    query = (
        select(schema.address.c.household)
        .join(schema.household, schema.household.c.uuid == schema.address.c.household)
        .where(schema.household.c.participant == participant)
        .where(*(schema.address.c[name] == value for name, value in _columns(address).items()))
        .limit(1)
    )
    return await connection.scalar(query) is not None


async def _add_parts(connection: AsyncConnection, table: Table, household: UUID, rows: list[dict[str, Any]]) -> None:
    if rows:
        numbered = [{"household": household, "position": place, **row} for place, row in enumerate(rows)]
        await connection.execute(insert(table), numbered)


def _columns(message: wire.Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in message.__struct_fields__}
