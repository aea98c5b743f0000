"""Measurement devices as administrators list them: last activity, versions, open incidents."""

from typing import Any
from uuid import UUID

from sqlalchemy import Label, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store import refusals
from cloud_api.store.activity import stored_versions
from cloud_api.store.schema import INCIDENT_IS_OPEN, certificate, incident, measurement_device, meter

COLUMNS = [measurement_device.c[name] for name in ("uuid", "household", "name", "last_active_at", "versions")]


async def of_household(connection: AsyncConnection, household: UUID) -> list[wire.DeviceStatus]:
    """The devices of one household, in the order of its document."""
    query = select(*COLUMNS).where(measurement_device.c.household == household)
    return [
        wire.DeviceStatus(
            uuid=row.uuid,
            name=row.name,
            last_active_at=row.last_active_at,
            versions=stored_versions(row.versions),
        )
        for row in (await connection.execute(query.order_by(measurement_device.c.position))).all()
    ]


async def page(connection: AsyncConnection, *, limit: int, cursor: UUID | None) -> wire.ListedDevices:
    """Devices in an order that stays, after the cursor."""
    open_incidents = (
        select(func.count())
        .select_from(
            incident.join(meter, (meter.c.uuid == incident.c.meter) & (meter.c.household == incident.c.household))
        )
        .where(
            incident.c.household == measurement_device.c.household,
            meter.c.measurement_device == measurement_device.c.uuid,
            INCIDENT_IS_OPEN,
        )
        .correlate(measurement_device)
        .scalar_subquery()
    )
    query = select(*COLUMNS, open_incidents.label("open_incidents"), *certificates())
    query = query.order_by(measurement_device.c.uuid)
    if cursor:
        query = query.where(measurement_device.c.uuid > cursor)
    rows = (await connection.execute(query.limit(limit + 1))).all()
    refused = await refusals.totals(connection, [str(row.uuid) for row in rows])
    kept = [
        wire.ListedDevice(
            uuid=row.uuid,
            household=row.household,
            name=row.name,
            last_active_at=row.last_active_at,
            versions=stored_versions(row.versions),
            open_incidents=row.open_incidents,
            certificate_until=row.certificate_until,
            certificate_denied=bool(row.certificates) and row.certificate_until is None,
            refused_attempts=refused.get(str(row.uuid), 0),
        )
        for row in rows[:limit]
    ]
    return wire.ListedDevices(measurement_devices=kept, next=kept[-1].uuid if len(rows) > limit else None)


def certificates() -> tuple[Label[Any], Label[Any]]:
    """Until when a device may come, and how many certificates it was ever given."""
    its_own = certificate.c.measurement_device == measurement_device.c.uuid
    until = select(func.max(certificate.c.not_after)).where(its_own, certificate.c.denied_at.is_(None))
    number = select(func.count()).select_from(certificate).where(its_own)
    return (
        until.correlate(measurement_device).scalar_subquery().label("certificate_until"),
        number.correlate(measurement_device).scalar_subquery().label("certificates"),
    )
