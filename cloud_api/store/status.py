"""The status of devices as an administrator sees it: a page of them with the worst first, or one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, Select, String, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.store import device_list, incidents, refusals
from cloud_api.store.activity import stored_versions
from cloud_api.store.schema import (
    INCIDENT_IS_OPEN,
    consent,
    device_version,
    household,
    incident,
    measurement,
    measurement_device,
    meter,
    participant,
)
from cloud_api.store.standing import Standing

_DEVICE = measurement_device.c
MOST = 100
"""Of incidents and of versions that a history shows."""


async def page(connection: AsyncConnection, wanted: wire.StatusQuery) -> tuple[list[wire.DeviceInQuestion], str | None]:
    """Devices in the order of their urgency, and the cursor of the page after them."""
    query = _query().order_by(_DEVICE.urgency.desc(), _DEVICE.uuid.desc())
    if wanted.standing:
        query = query.where(_DEVICE.urgency == Standing.of(wanted.standing).value)
    if wanted.consent:
        query = query.where(consent.c.state == wanted.consent)
    if wanted.text:
        query = query.where(_tells_of(wanted.text))
    if wanted.cursor:
        urgency, _, digits = wanted.cursor.partition("-")
        query = query.where(tuple_(_DEVICE.urgency, _DEVICE.uuid) < tuple_(literal(int(urgency)), UUID(digits)))
    rows = (await connection.execute(query.limit(wanted.limit + 1))).all()
    kept = rows[: wanted.limit]
    following = f"{kept[-1].urgency}-{kept[-1].uuid.hex}" if len(rows) > len(kept) else None
    return await _whole(connection, kept), following


async def one(connection: AsyncConnection, device: UUID) -> wire.DeviceInQuestion | None:
    """None where there is no such device."""
    rows = (await connection.execute(_query().where(_DEVICE.uuid == device))).all()
    found = await _whole(connection, rows)
    return found[0] if found else None


async def incidents_of(connection: AsyncConnection, device: UUID) -> list[wire.Incident]:
    """The newest incidents of a device's meters, open or not."""
    query = _incidents([device]).order_by(incident.c.opened_at.desc(), incident.c.uuid).limit(MOST)
    return [_incident(row) for row in (await connection.execute(query)).mappings()]


async def versions_of(connection: AsyncConnection, device: UUID) -> list[wire.VersionsSince]:
    """What ran on a device, newest first."""
    query = (
        select(device_version.c.since, device_version.c.versions)
        .where(device_version.c.measurement_device == device)
        .order_by(device_version.c.since.desc())
        .limit(MOST)
    )
    return [
        wire.VersionsSince(since=row.since, versions=stored_versions(row.versions))
        for row in await connection.execute(query)
    ]


def _query() -> Select[Any]:
    columns = (
        *device_list.COLUMNS,
        *(_DEVICE[name] for name in ("urgency", "buffered", "update_state")),
        consent.c.state,
        participant.c.name.label("participant"),
        *device_list.certificates(),
    )
    return (
        select(*columns)
        .join(consent, consent.c.household == _DEVICE.household)
        .join(household, household.c.uuid == _DEVICE.household)
        .outerjoin(participant, participant.c.uuid == household.c.participant)
    )


def _tells_of(text: str) -> Any:
    """Whether a row is of a participant with this in the name, or of a device or household whose uuid begins so."""
    begins = f"{text.lower()}%"
    digits = begins.replace("-", "")
    return (
        func.lower(participant.c.name).contains(text.lower(), autoescape=True)
        | func.replace(cast(_DEVICE.uuid, String), "-", "").like(digits)
        | func.replace(cast(_DEVICE.household, String), "-", "").like(digits)
    )


async def _whole(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[wire.DeviceInQuestion]:
    devices = [row.uuid for row in rows]
    refused = await refusals.totals(connection, [str(uuid) for uuid in devices])
    meters, opened = await _meters(connection, devices), await _open_incidents(connection, devices)
    return [
        wire.DeviceInQuestion(
            uuid=row.uuid,
            household=row.household,
            name=row.name,
            last_active_at=row.last_active_at,
            versions=stored_versions(row.versions),
            open_incidents=len(opened[row.uuid]),
            certificate_until=row.certificate_until,
            certificate_denied=bool(row.certificates) and row.certificate_until is None,
            refused_attempts=refused.get(str(row.uuid), 0),
            standing=Standing(row.urgency).word,
            participant=row.participant,
            consent=row.state,
            meters=meters[row.uuid],
            incidents=opened[row.uuid],
            buffered=row.buffered,
            update_state=row.update_state,
        )
        for row in rows
    ]


async def _meters(connection: AsyncConnection, devices: Sequence[UUID]) -> defaultdict[UUID, list[wire.MeterStatus]]:
    latest = (
        select(func.max(measurement.c.time))
        .where(measurement.c.household == meter.c.household, measurement.c.meter == meter.c.uuid)
        .correlate(meter)
        .scalar_subquery()
    )
    query = (
        select(meter, latest.label("latest"))
        .where(meter.c.measurement_device.in_(devices))
        .order_by(meter.c.measurement_device, meter.c.position)
    )
    found: defaultdict[UUID, list[wire.MeterStatus]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.measurement_device].append(
            wire.MeterStatus(uuid=row.uuid, type=row.type, model_number=row.model_number, last_measured_at=row.latest)
        )
    return found


async def _open_incidents(
    connection: AsyncConnection, devices: Sequence[UUID]
) -> defaultdict[UUID, list[wire.Incident]]:
    query = _incidents(devices).where(INCIDENT_IS_OPEN).order_by(incident.c.opened_at, incident.c.uuid)
    found: defaultdict[UUID, list[wire.Incident]] = defaultdict(list)
    for row in (await connection.execute(query)).mappings():
        found[row["measurement_device"]].append(_incident(row))
    return found


def _incidents(devices: Sequence[UUID]) -> Select[Any]:
    return (
        select(*incidents.COLUMNS, meter.c.measurement_device)
        .join(meter, (meter.c.uuid == incident.c.meter) & (meter.c.household == incident.c.household))
        .where(meter.c.measurement_device.in_(devices))
    )


def _incident(row: RowMapping) -> wire.Incident:
    return wire.Incident(**{name: row[name] for name in wire.Incident.__struct_fields__})
