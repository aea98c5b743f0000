"""Measurement devices: who they are, with which certificates they may come, and what is written into their bundle."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.fields import ConsentState
from cloud_api.meter_models import is_known
from cloud_api.store.schema import certificate, consent, household, measurement_device, meter, participant


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the registry says of a device that came with a certificate."""

    device: UUID
    household: UUID
    consent: ConsentState


async def registration(connection: AsyncConnection, device: UUID, serial: int) -> Registration | None:
    """None where there is no such device, or this certificate was not issued to it."""
    query = (
        select(measurement_device.c.uuid, measurement_device.c.household, consent.c.state)
        .join(certificate, certificate.c.measurement_device == measurement_device.c.uuid)
        .join(consent, consent.c.household == measurement_device.c.household)
        .where(certificate.c.serial == f"{serial:x}", measurement_device.c.uuid == device)
    )
    row = (await connection.execute(query)).one_or_none()
    return row and Registration(device=row.uuid, household=row.household, consent=row.state)


async def record_certificate(
    connection: AsyncConnection, device: UUID, serial: int, *, issued_at: datetime, not_after: datetime
) -> None:
    await connection.execute(
        insert(certificate).values(
            serial=f"{serial:x}", measurement_device=device, issued_at=issued_at, not_after=not_after
        )
    )


async def contact(connection: AsyncConnection, device: UUID) -> str | None:
    """The e-mail address of the device's participant; none without such a device, or once it is anonymised."""
    query = (
        select(participant.c.email)
        .join(household, household.c.participant == participant.c.uuid)
        .join(measurement_device, measurement_device.c.household == household.c.uuid)
        .where(measurement_device.c.uuid == device)
    )
    email: str | None = await connection.scalar(query)
    return email


async def meters(connection: AsyncConnection, device: UUID) -> list[wire.Meter]:
    """The meters that the device measures."""
    columns = [meter.c[name] for name in ("uuid", "type", "model_number", "measurement_device")]
    query = select(*columns).where(meter.c.measurement_device == device).order_by(meter.c.position)
    return [
        wire.Meter(**row, model_known=is_known(row["model_number"]))
        for row in (await connection.execute(query)).mappings()
    ]
