"""The status of devices as an administrator sees it: a page of them with the worst first, or one."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, RowMapping, Select, func, literal, literal_column, select, tuple_, union
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
from cloud_api.store.searching import begins_so, named_so
from cloud_api.store.standing import Standing

_DEVICE = measurement_device.c
COMPLETENESS = func.coalesce(household.c.completeness, literal_column("2"))
NOWHERE = 2
"""Of a household without a figure, which comes after all others."""
MOST = 100
"""Of incidents and of versions that a history shows."""


async def page(connection: AsyncConnection, wanted: wire.StatusQuery) -> tuple[list[wire.DeviceInQuestion], str | None]:
    """Devices, the worst first, and the cursor of the page after them."""
    worst = wanted.sort == "urgency"
    key = _DEVICE.urgency if worst else COMPLETENESS
    query = _query().order_by(key.desc(), _DEVICE.uuid.desc()) if worst else _query().order_by(key, _DEVICE.uuid)
    if wanted.standing:
        query = query.where(_DEVICE.urgency == Standing.of(wanted.standing).value)
    if wanted.consent:
        query = query.where(consent.c.state == wanted.consent)
    if wanted.text:
        query = query.where(_DEVICE.uuid.in_(_told_of(wanted.text)))
    if wanted.below is not None:
        query = query.where(household.c.completeness < wanted.below)
    if wanted.cursor:
        begin, _, digits = wanted.cursor.rpartition("-")
        here, there = tuple_(key, _DEVICE.uuid), tuple_(literal(float(begin)), UUID(digits))
        query = query.where(here < there if worst else here > there)
    rows = (await connection.execute(query.limit(wanted.limit + 1))).all()
    kept = rows[: wanted.limit]
    following = None
    if len(rows) > len(kept):
        last = kept[-1]
        number = last.urgency if worst else NOWHERE if last.completeness is None else last.completeness
        following = f"{number}-{last.uuid.hex}"
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
        *(_DEVICE[name] for name in ("urgency", "buffered", "update_state", "update_tried", "update_reason")),
        *(consent.c.state, household.c.completeness),
        participant.c.name.label("participant"),
        *device_list.certificates(),
    )
    return (
        select(*columns)
        .join(consent, consent.c.household == _DEVICE.household)
        .join(household, household.c.uuid == _DEVICE.household)
        .outerjoin(participant, participant.c.uuid == household.c.participant)
    )


def _told_of(text: str) -> Any:
    """Devices of participants with this in the name, and those that, or whose household, have a uuid that begins so.

    Found first, and joined with the rest afterwards: so nothing is joined that is not shown.
    """
    found = [select(_DEVICE.uuid).join(household, household.c.uuid == _DEVICE.household).where(named_so(text))]
    if begins := begins_so(text):
        found += [select(_DEVICE.uuid).where(column.between(*begins)) for column in (_DEVICE.uuid, _DEVICE.household)]
    return union(*found)


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
            completeness=row.completeness,
            meters=meters[row.uuid],
            incidents=opened[row.uuid],
            buffered=row.buffered,
            update_state=row.update_state,
            update_tried=row.update_tried,
            update_reason=row.update_reason,
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
