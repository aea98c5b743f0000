"""Silence: a device from which nothing was heard for three report cycles, an incident of each of its meters."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import INCIDENT_IS_OPEN, consent, incident, measurement_device, meter

SILENT = "DEVICE-SILENT"
REPORT_CYCLE = timedelta(hours=1)
LONGEST = 3 * REPORT_CYCLE
"""Without a sign of life a device is silent after this; while all is well it speaks four times an hour."""

_MINE = and_(incident.c.household == meter.c.household, incident.c.meter == meter.c.uuid)
_NOTED = select(1).where(_MINE, incident.c.kind == SILENT, INCIDENT_IS_OPEN).correlate(meter).exists()


async def begin(connection: AsyncConnection, *, now: datetime) -> int:
    """Open the incidents of devices that are silent now while consent stands; how many there are.

    What begins is dated to the last sign of life, or to the consent where there was none since.
    """
    device, before = measurement_device.c, now - LONGEST
    heard = func.coalesce(device.last_active_at, consent.c.granted_at)
    query = (
        select(meter.c.household, meter.c.uuid, heard.label("heard"), consent.c.granted_at)
        .join(measurement_device, device.uuid == meter.c.measurement_device)
        .join(consent, consent.c.household == meter.c.household)
        .where(consent.c.state == "granted", consent.c.granted_at < before, _quiet_since(before), ~_NOTED)
    )
    rows = [
        {
            "household": row.household,
            "uuid": uuid4(),
            "meter": row.uuid,
            "kind": SILENT,
            "opened_at": max(row.heard, row.granted_at),
            "reported_at": now,
        }
        for row in (await connection.execute(query)).all()
    ]
    if rows:
        await connection.execute(insert(incident), rows)
    return len(rows)


async def end(connection: AsyncConnection, *, now: datetime) -> int:
    """Resolve the incidents of devices that were heard again, or of whose household nothing is expected any more."""
    ended = (
        select(incident.c.household, incident.c.uuid, measurement_device.c.last_active_at)
        .join(meter, _MINE)
        .join(measurement_device, measurement_device.c.uuid == meter.c.measurement_device)
        .join(consent, consent.c.household == incident.c.household)
        .where(incident.c.kind == SILENT, INCIDENT_IS_OPEN)
        .where(or_(~_quiet_since(now - LONGEST), consent.c.state != "granted"))
    )
    rows = (await connection.execute(ended)).all()
    for row in rows:
        here = (incident.c.household == row.household, incident.c.uuid == row.uuid)
        await connection.execute(update(incident).where(*here).values(resolved_at=now))
    return len(rows)


def _quiet_since(before: datetime) -> ColumnElement[bool]:
    active = measurement_device.c.last_active_at
    return or_(active.is_(None), active < before)
