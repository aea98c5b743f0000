"""The figures that stand in the database: devices by state, households by consent, incidents, certificates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Function, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.monitoring.metrics import PREFIX
from cloud_api.store import standing
from cloud_api.store.schema import INCIDENT_IS_OPEN, certificate, consent, incident, measurement_device
from cloud_api.wire.fields import StandingWord

BEGIN = b"-----BEGIN CERTIFICATE-----"
SOON = (1, 7, 14, 30)
"""Days within which certificates are counted that end."""
SEVERAL = (15, 60, 180, 1440)
"""Minutes within which devices are counted that were heard."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Figures(Collector):
    """What stands in the database at a moment, and when the service's own certificates end."""

    standings: Mapping[StandingWord, int]
    consents: Mapping[str, int]
    incidents: Mapping[str, int]
    ending: Mapping[int, int]
    heard: Mapping[int, int]
    certificates: Mapping[str, datetime]

    def collect(self) -> Iterable[Metric]:
        yield _gauge("devices", "Devices by how they stand.", "standing", self.standings)
        yield _gauge("households", "Households by consent.", "consent", self.consents)
        yield _gauge("incidents_open", "Open incidents by kind.", "kind", self.incidents)
        yield _gauge("device_certificates_ending", "Devices whose certificate ends within days.", "days", self.ending)
        yield _gauge("devices_heard", "Devices heard within minutes.", "minutes", self.heard)
        ends = {name: until.timestamp() for name, until in self.certificates.items()}
        yield _gauge("certificate_ends_seconds", "When a certificate of the service ends.", "certificate", ends)


async def read(connection: AsyncConnection, *, now: datetime, pki: Path) -> Figures:
    """Read them; `pki` is the folder with the service's own certificates."""
    return Figures(
        standings=await standing.totals(connection),
        consents=await _counts(connection, select(consent.c.state, func.count()).group_by(consent.c.state)),
        incidents=await _counts(
            connection, select(incident.c.kind, func.count()).where(INCIDENT_IS_OPEN).group_by(incident.c.kind)
        ),
        ending=await _ending(connection, now),
        heard=await _heard(connection, now),
        certificates=dict(_own(pki)),
    )


async def _counts(connection: AsyncConnection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in await connection.execute(query)}


async def _ending(connection: AsyncConnection, now: datetime) -> dict[int, int]:
    last = (
        select(func.max(certificate.c.not_after).label("until"))
        .join(measurement_device, measurement_device.c.uuid == certificate.c.measurement_device)
        .join(consent, consent.c.household == measurement_device.c.household)
        .where(certificate.c.denied_at.is_(None), consent.c.state == "granted")
        .group_by(certificate.c.measurement_device)
        .subquery()
    )
    sums = [func.sum(case((last.c.until <= now + timedelta(days=days), 1), else_=0)) for days in SOON]
    return await _zip(connection, SOON, sums)


async def _heard(connection: AsyncConnection, now: datetime) -> dict[int, int]:
    active = measurement_device.c.last_active_at
    sums = [func.sum(case((active > now - timedelta(minutes=minutes), 1), else_=0)) for minutes in SEVERAL]
    return await _zip(connection, SEVERAL, sums)


async def _zip(connection: AsyncConnection, bounds: Sequence[int], sums: Sequence[Function[int]]) -> dict[int, int]:
    """What was counted for each bound; a sum over nothing is none."""
    row = (await connection.execute(select(*(func.coalesce(one, 0) for one in sums)))).one()
    return dict(zip(bounds, map(int, row), strict=True))


def _own(pki: Path) -> Iterator[tuple[str, datetime]]:
    for file in sorted(pki.glob("*.pem")):
        content = file.read_bytes()
        if BEGIN in content:  # others are keys alone
            yield file.stem, x509.load_pem_x509_certificate(content).not_valid_after_utc


def _gauge(name: str, told: str, label: str, values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", told, labels=[label])
    for value, number in values.items():
        family.add_metric([str(value)], number)
    return family
