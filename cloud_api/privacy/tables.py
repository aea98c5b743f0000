"""What revoking consent does to each table: a rule of its own, or the reason why it stays as it is.

A table that is in neither list is found by a test: who adds one decides here what becomes of it.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store import amendments, corrections, diagnostics, incidents, schema

Rule = Callable[[AsyncConnection, UUID], Awaitable[None]]
"""Anonymises one household's rows of one table."""

NAMELESS = "device"
"""The name of every device of an anonymised household; names are free text, and may tell of people."""


async def _participant(connection: AsyncConnection, household: UUID) -> None:
    """The household stands alone; its participant goes unless another household has the same."""
    who, where = schema.participant, schema.household
    contact = await connection.scalar(select(where.c.participant).where(where.c.uuid == household))
    await connection.execute(update(where).where(where.c.uuid == household).values(participant=None))
    await connection.execute(
        delete(who).where(who.c.uuid == contact, ~exists().where(where.c.participant == who.c.uuid))
    )


async def _addressless(connection: AsyncConnection, household: UUID) -> None:
    await connection.execute(delete(schema.address).where(schema.address.c.household == household))


async def _nameless(connection: AsyncConnection, household: UUID) -> None:
    devices = schema.measurement_device
    await connection.execute(update(devices).where(devices.c.household == household).values(name=NAMELESS))


async def _coarse(connection: AsyncConnection, household: UUID) -> None:
    systems = schema.pv_system
    query = select(systems.c.uuid, systems.c.nominal_power, systems.c.installation_date)
    for system in (await connection.execute(query.where(systems.c.household == household))).all():
        await connection.execute(
            update(systems)
            .where(systems.c.uuid == system.uuid)
            .values(
                nominal_power=whole_number(system.nominal_power),
                installation_date=start_of_year(system.installation_date),
            )
        )


RULES: dict[str, Rule] = {
    "participant": _participant,
    "address": _addressless,
    "correction": corrections.forget,
    "amendment": amendments.forget,
    "measurement_device": _nameless,
    "diagnostics": diagnostics.forget,
    "incident": incidents.forget_words,
    "pv_system": _coarse,
}
"""In this order."""

KEPT = {
    "household": "what was asked about it beyond its meters, and how complete its measurements are; its participant "
    "is taken away with the participant",
    "location": "replaced by a point of the ring around it, which takes geodata: see anonymise.py",
    "consent": "that and when it was given and revoked, and to which text",
    "certificate": "serial numbers and dates, by which its devices learn that consent is revoked",
    "lease": "which port of a bastion a device was given, from when to when, and by which key its host is known",
    "device_version": "which programs ran on its devices, and since when",
    "alert": "ids and kinds of incidents that administrators were told of",
    "meter": "type and model number",
    "measurement": "what the survey is for",
    "late_arrival": "which measurement came late, and when",
    "slot_reason": "why nothing was measured, in words of ours",
    "consent_text": "tells of no household",
    "geodata": "tells of no household",
    "audit": "ids and words of ours, chained by hashes: nothing personal is entered, and nothing may be taken out",
    "refusal": "how often whom was refused: uuids of devices and names of groups",
}
"""Tables without anything personal, and what they hold."""


def whole_number(power: float) -> float:
    """The nearest whole number of the decimal digits as they were entered; a half goes up."""
    return float(Decimal(repr(power)).quantize(Decimal(1), ROUND_HALF_UP))


def start_of_year(day: date) -> date:
    return day.replace(month=1, day=1)
