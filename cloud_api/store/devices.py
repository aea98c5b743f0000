"""Measurement devices: who they are, with which certificates they may come, and what is written into their bundle."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store.schema import certificate, consent, household, measurement_device, meter, participant
from cloud_api.wire.fields import ConsentState
from cloud_api.wire.meter_models import is_known

Denial = Literal["replaced", "revoked"]
Came = tuple[UUID, int]
"""A device and the serial of the certificate with which it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the registry says of a device that came with a certificate."""

    device: UUID
    household: UUID
    consent: ConsentState
    denied: Denial | None
    """Why the certificate is denied, if it is."""
    new: bool
    """Whether it has not spoken yet, and another ends as soon as it does."""
    diagnostics_wanted: bool
    """Whether an administrator asks for its diagnostics."""


_REGISTRATIONS = (
    select(
        measurement_device.c.uuid,
        measurement_device.c.household,
        measurement_device.c.diagnostics_wanted_at.is_not(None).label("wanted"),
        consent.c.state,
        certificate.c.serial,
        certificate.c.denied_because,
        (certificate.c.replaces.is_not(None) & certificate.c.first_used_at.is_(None)).label("new"),
    )
    .join(certificate, certificate.c.measurement_device == measurement_device.c.uuid)
    .join(consent, consent.c.household == measurement_device.c.household)
    .where(certificate.c.serial.in_(bindparam("serials", expanding=True)))
)


async def registration(connection: AsyncConnection, device: UUID, serial: int) -> Registration | None:
    """None where there is no such device, or this certificate was not issued to it."""
    return (await connection.run_sync(registrations, [(device, serial)])).get((device, serial))


def registrations(connection: Connection, came: Collection[Came]) -> dict[Came, Registration]:
    """Of those that came, each that is a device to which its certificate was issued."""
    serials = sorted({f"{serial:x}" for _, serial in came})
    return {
        (row.uuid, int(row.serial, 16)): Registration(
            device=row.uuid,
            household=row.household,
            consent=row.state,
            denied=row.denied_because,
            new=row.new,
            diagnostics_wanted=row.wanted,
        )
        for row in connection.execute(_REGISTRATIONS, {"serials": serials})
    }


async def record_certificate(
    connection: AsyncConnection,
    device: UUID,
    serial: int,
    *,
    issued_at: datetime,
    not_after: datetime,
    replaces: int | None = None,
) -> None:
    await connection.execute(
        insert(certificate).values(
            serial=f"{serial:x}",
            measurement_device=device,
            issued_at=issued_at,
            not_after=not_after,
            replaces=None if replaces is None else f"{replaces:x}",
        )
    )


async def succeed(connection: AsyncConnection, serial: int, *, at: datetime) -> None:
    """A certificate speaks for the first time: the one before ends, and all that were meant to follow that one.

    It ends then and not when its successor is issued, as that may be lost on its way to the device.
    """
    mine = certificate.c.serial == f"{serial:x}"
    await connection.execute(update(certificate).where(mine).values(first_used_at=at))
    before = select(certificate.c.replaces).where(mine).scalar_subquery()
    await connection.execute(
        update(certificate)
        .where(
            (certificate.c.serial == before) | (certificate.c.replaces == before),
            ~mine,
            certificate.c.denied_at.is_(None),
        )
        .values(denied_at=at, denied_because="replaced")
    )


async def deny(connection: AsyncConnection, device: UUID, *, at: datetime) -> int:
    """Deny every certificate of a device that was not denied before; how many there were."""
    done = await connection.execute(
        update(certificate)
        .where(certificate.c.measurement_device == device, certificate.c.denied_at.is_(None))
        .values(denied_at=at, denied_because="revoked")
    )
    return done.rowcount


async def household_of(connection: AsyncConnection, device: UUID) -> UUID | None:
    found: UUID | None = await connection.scalar(
        select(measurement_device.c.household).where(measurement_device.c.uuid == device)
    )
    return found


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
