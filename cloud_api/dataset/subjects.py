"""Whom a release is about: households with their meters and systems, under the names that they have in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.dataset.pseudonyms import Name, as_they_are, naming
from cloud_api.dataset.release import Release
from cloud_api.ledger.reckoning import Term
from cloud_api.privacy.atlas import Atlas
from cloud_api.privacy.regions import Region
from cloud_api.store import households
from cloud_api.store.moments import to_micros
from cloud_api.store.schema import incident

PAGE = 500
MOST = 100.0
"""Power in kW that the connection of a house carries at most besides its photovoltaic systems: three fuses of 125 A."""
FOREIGN = "foreign"
"""The cause of an incident with which a device tells that another meter hangs where its own did."""
NEVER = 2**62

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSubject:
    """A meter of the release: whose it is, how it is called, and what may be expected of it."""

    household: UUID
    meter: UUID
    household_name: str
    name: str
    term: Term
    most: float
    """Power in kW, more than which it cannot have seen."""
    exchanges: list[tuple[int, int]]
    """From when to when another meter was heard in its place, in microseconds."""
    series: bool
    """Whether its measurements are in the release."""
    row: Row


@dataclass(slots=True, kw_only=True)
class Subjects:
    """All of them, each list by the names of the release, which say nothing about when somebody was registered."""

    households: list[Row] = field(default_factory=list)
    meters: list[MeterSubject] = field(default_factory=list)
    pv_systems: list[Row] = field(default_factory=list)

    @property
    def first(self) -> datetime | None:
        """When the first of those granted consent whose measurements are in the release."""
        return min((meter.term.granted_at for meter in self.series if meter.term.granted_at), default=None)

    @property
    def series(self) -> list[MeterSubject]:
        return [meter for meter in self.meters if meter.series]


async def subjects(connection: AsyncConnection, release: Release, key: bytes) -> Subjects:
    """Those who granted consent before the release ends; in the personal view those alone whose consent stands."""
    regions = await Atlas().regions(connection)
    known = regions.by_code if regions else {}
    exchanges = await _exchanges(connection)
    found = Subjects()
    cursor: UUID | None = None
    while True:
        page = await households.page(connection, limit=PAGE, cursor=cursor)
        for household in page.households:
            if _wanted(household, release):
                _add(found, household, release, key, known, exchanges)
        cursor = page.next
        if cursor is None:
            break
    found.households.sort(key=lambda row: row["household"])
    found.meters.sort(key=lambda meter: (meter.household_name, meter.name))
    found.pv_systems.sort(key=lambda row: row["pv_system"])
    return found


def _wanted(household: wire.Household, release: Release) -> bool:
    consent = household.consent
    if consent.granted_at is None or consent.granted_at >= release.end:
        return False
    if release.personal and consent.state != "granted":
        return False
    return release.households is None or household.uuid in release.households


def _add(
    found: Subjects,
    household: wire.Household,
    release: Release,
    key: bytes,
    regions: dict[str, Region],
    exchanges: dict[UUID, list[tuple[int, int]]],
) -> None:
    revoked = household.consent.state == "revoked"
    name = as_they_are if release.personal else naming(key, release.identifiers or release.name, revoked=revoked)
    own = name("household", household.uuid)
    placed = household.placement.region if household.placement else None
    found.households.append(_household(own, household, regions.get(placed or ""), placed))
    systems = list(_systems(own, household, name))
    found.pv_systems += systems
    most = MOST + sum(system["nominal_power"] for system in systems)
    consent = household.consent
    term = Term(granted_at=consent.granted_at, revoked_at=consent.revoked_at, now=release.end)
    for meter in household.meters:
        called = name("meter", meter.uuid)
        found.meters.append(
            MeterSubject(
                household=household.uuid,
                meter=meter.uuid,
                household_name=own,
                name=called,
                term=term,
                most=most,
                exchanges=exchanges.get(meter.uuid, []),
                series=release.revoked_series or not revoked,
                row={"meter": called, "household": own, "type": meter.type, "model_number": meter.model_number},
            )
        )


def _household(own: str, household: wire.Household, region: Region | None, code: str | None) -> Row:
    consent = household.consent
    row: Row = {
        "household": own,
        "consent": consent.state,
        "consent_from": _day(consent.granted_at, whole_year=consent.state == "revoked"),
        "consent_to": _day(consent.revoked_at, whole_year=True),
        "region": code,
        "region_name": region.name if region else None,
        "population_density": region.density if region else None,
    }
    for part in (household.metadata, household.participant, household.address, household.location):
        if part:
            row |= {name: getattr(part, name) for name in part.__struct_fields__ if name != "uuid"}
    return row


def _systems(own: str, household: wire.Household, name: Name) -> Iterator[Row]:
    for system in household.pv_systems:
        yield {
            "pv_system": name("pv_system", system.uuid),
            "household": own,
            "meter": name("meter", system.meter),
            **{part: getattr(system, part) for part in ("nominal_power", "azimuth", "tilt", "installation_date")},
        }


def _day(moment: datetime | None, *, whole_year: bool) -> date | None:
    """The day of a moment; of a revoked consent the first of its year, as the day itself may be anybody's alone."""
    if moment is None:
        return None
    return date(moment.year, 1, 1) if whole_year else moment.date()


async def _exchanges(connection: AsyncConnection) -> dict[UUID, list[tuple[int, int]]]:
    """By meter, from when to when a device heard another one in its place."""
    query = select(incident.c.meter, incident.c.opened_at, incident.c.resolved_at).where(incident.c.cause == FOREIGN)
    found: dict[UUID, list[tuple[int, int]]] = {}
    for row in (await connection.execute(query.order_by(incident.c.opened_at))).all():
        end = to_micros(row.resolved_at) if row.resolved_at else NEVER
        found.setdefault(row.meter, []).append((to_micros(row.opened_at), end))
    return found
