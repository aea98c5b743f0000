"""Anonymising a household, once and for good, in the transaction that revokes its consent."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import address, household, location, measurement_device, participant, pv_system

NAMELESS = "device"
"""The name of every device of an anonymised household; names are free text, and may tell of people."""


async def anonymise(connection: AsyncConnection, uuid: UUID) -> None:
    """Take away whoever and wherever it was, and coarsen the plant. What is overwritten is kept nowhere."""
    contact = await connection.scalar(select(household.c.participant).where(household.c.uuid == uuid))
    await connection.execute(update(household).where(household.c.uuid == uuid).values(participant=None))
    await connection.execute(
        delete(participant).where(
            participant.c.uuid == contact, ~exists().where(household.c.participant == participant.c.uuid)
        )
    )
    await connection.execute(delete(address).where(address.c.household == uuid))
    await connection.execute(delete(location).where(location.c.household == uuid))
    await connection.execute(
        update(measurement_device).where(measurement_device.c.household == uuid).values(name=NAMELESS)
    )
    plants = select(pv_system.c.uuid, pv_system.c.nominal_power, pv_system.c.installation_date)
    for plant in (await connection.execute(plants.where(pv_system.c.household == uuid))).all():
        await connection.execute(
            update(pv_system)
            .where(pv_system.c.uuid == plant.uuid)
            .values(
                nominal_power=whole_number(plant.nominal_power),
                installation_date=start_of_year(plant.installation_date),
            )
        )


def whole_number(power: float) -> float:
    """The nearest whole number of the decimal digits as they were entered; a half goes up."""
    return float(Decimal(repr(power)).quantize(Decimal(1), ROUND_HALF_UP))


def start_of_year(day: date) -> date:
    return day.replace(month=1, day=1)
