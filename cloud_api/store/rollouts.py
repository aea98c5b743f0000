"""Rollouts: what is known of the devices among which a release is spread, and of what they measured since."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.ledger.reckoning import Tally
from cloud_api.store import ledgers
from cloud_api.store.activity import EDGE, stored_versions
from cloud_api.store.schema import (
    INCIDENT_IS_OPEN,
    consent,
    device_version,
    incident,
    measurement_device,
    meter,
)
from cloud_api.store.silence import SILENT

_GRANTED = consent.c.state == "granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A device of a household whose consent stands, as it was last seen."""

    device: UUID
    household: UUID
    heard_at: datetime | None
    version: str | None
    """What runs on it."""
    state: str | None
    """What becomes of its update, as it says itself; with the version that this is about, and since when."""
    tried: str | None
    reason: str | None
    since: datetime | None
    troubled_at: datetime | None
    """When the newest of its open incidents began; its silence is none of these."""


async def devices(connection: AsyncConnection) -> Sequence[UUID]:
    """All there are."""
    return (await connection.execute(select(measurement_device.c.uuid))).scalars().all()


async def seen(connection: AsyncConnection) -> list[Seen]:
    """Every device of a household whose consent stands."""
    device = measurement_device.c
    troubles = (
        select(meter.c.measurement_device, incident.c.opened_at)
        .join(meter, (meter.c.household == incident.c.household) & (meter.c.uuid == incident.c.meter))
        .where(INCIDENT_IS_OPEN, incident.c.kind != SILENT)
    )
    troubled = dict[UUID, datetime]()
    for row in await connection.execute(troubles):
        troubled[row.measurement_device] = max(row.opened_at, troubled.get(row.measurement_device, row.opened_at))
    query = _of_granted(
        *(device.uuid, device.household, device.last_active_at, device.versions),
        *(device.update_state, device.update_tried, device.update_reason, device.update_since),
    )
    return [
        Seen(
            device=row.uuid,
            household=row.household,
            heard_at=row.last_active_at,
            version=stored_versions(row.versions).get(EDGE),
            state=row.update_state,
            tried=row.update_tried,
            reason=row.update_reason,
            since=row.update_since,
            troubled_at=troubled.get(row.uuid),
        )
        for row in await connection.execute(query)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fares:
    """How versions fare, counted over the devices of all households whose consent stands."""

    running: Counter[str | None]
    """By version, none of those that have not said."""
    told: Counter[tuple[str, str]]
    """By the version that an update is about, and what becomes of it."""

    def of(self, version: str, states: Collection[str]) -> int:
        """How many say one of these states of their update to a version."""
        return sum(count for (tried, state), count in self.told.items() if tried == version and state in states)


async def fares(connection: AsyncConnection) -> Fares:
    """Counted in the database, as there may be very many."""
    running, device = Counter[str | None](), measurement_device.c
    for row in await connection.execute(_of_granted(device.versions, func.count()).group_by(device.versions)):
        running[stored_versions(row.versions).get(EDGE)] += row[1]
    query = _of_granted(device.update_tried, device.update_state, func.count())
    query = query.where(device.update_tried.is_not(None), device.update_state.is_not(None))
    rows = await connection.execute(query.group_by(device.update_tried, device.update_state))
    return Fares(running=running, told=Counter({(row[0], row[1]): row[2] for row in rows}))


async def told(connection: AsyncConnection, version: str, states: Collection[str], *, most: int) -> Sequence[Row[Any]]:
    """Some devices that say one of these states of their update to a version, the newest first."""
    device = measurement_device.c
    query = _of_granted(device.uuid, device.update_state, device.update_reason, device.update_since)
    query = query.where(device.update_tried == version, device.update_state.in_(states))
    query = query.order_by(device.update_since.desc().nulls_first(), device.uuid.desc())
    rows: Sequence[Row[Any]] = (await connection.execute(query.limit(most))).all()
    return rows


def _of_granted(*columns: Any) -> Select[Any]:
    return select(*columns).join(consent, consent.c.household == measurement_device.c.household).where(_GRANTED)


async def begun(connection: AsyncConnection, device: UUID) -> datetime | None:
    """Since when a device runs what it runs."""
    query = (
        select(device_version.c.since, device_version.c.versions)
        .where(device_version.c.measurement_device == device)
        .order_by(device_version.c.since.desc())
    )
    since, version = None, None
    for row in (await connection.execute(query)).all():
        its_own = stored_versions(row.versions).get(EDGE)
        if since is not None and its_own != version:
            break
        since, version = row.since, its_own
    return since


async def tally(connection: AsyncConnection, some: Collection[tuple[Seen, datetime]], *, now: datetime) -> Tally:
    """How many slots devices measured, each since a moment of its own."""
    found = Tally()
    for each, since in some:
        its_own = await ledgers.of_household(connection, each.household, now=now, since=since, device=each.device)
        found = sum((ledger.tally for ledger in its_own.values()), start=found)
    return found
