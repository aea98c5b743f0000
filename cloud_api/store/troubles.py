"""Troubles: what somebody has to see to. Open incidents, and certificates that end, while consent stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.schema import INCIDENT_IS_OPEN, certificate, consent, incident, measurement_device, meter
from cloud_api.store.standing import SHORT

CERTIFICATE = "CERTIFICATE-ENDS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a device, and since when. It holds ids and words of ours alone."""

    device: UUID
    kind: str
    """A kind of incident, or CERTIFICATE-ENDS."""
    cause: str
    """The one word that the device gave for it, or nothing."""
    since: datetime

    @property
    def subject(self) -> str:
        """What makes it the same trouble another time."""
        return f"{self.device.hex}/{self.kind}"


async def standing(connection: AsyncConnection, *, now: datetime) -> Sequence[Trouble]:
    """One of a kind for each device, oldest first. Households without standing consent have none."""
    incidents = (
        select(
            meter.c.measurement_device,
            incident.c.kind,
            func.max(incident.c.cause).label("cause"),
            func.max(incident.c.opened_at).label("since"),
        )
        .join(meter, (meter.c.household == incident.c.household) & (meter.c.uuid == incident.c.meter))
        .join(consent, consent.c.household == incident.c.household)
        .where(INCIDENT_IS_OPEN, consent.c.state == "granted")
        .group_by(meter.c.measurement_device, incident.c.kind)
    )
    until = func.max(certificate.c.not_after)
    certificates = (
        select(certificate.c.measurement_device, until.label("until"))
        .join(measurement_device, measurement_device.c.uuid == certificate.c.measurement_device)
        .join(consent, consent.c.household == measurement_device.c.household)
        .where(certificate.c.denied_at.is_(None), consent.c.state == "granted")
        .group_by(certificate.c.measurement_device)
        .having(until <= now + SHORT)
    )
    found = [
        Trouble(device=row.measurement_device, kind=row.kind, cause=_word(row.cause), since=row.since)
        for row in await connection.execute(incidents)
    ]
    found += [
        Trouble(device=row.measurement_device, kind=CERTIFICATE, cause="", since=row.until - SHORT)
        for row in await connection.execute(certificates)
    ]
    return sorted(found, key=lambda trouble: (trouble.since, trouble.subject))


def _word(cause: str | None) -> str:
    """A cause, if it is one word; other text is a device's own, and may tell of people."""
    return cause if cause and cause.isascii() and cause.isalpha() and cause.islower() and len(cause) <= LONGEST else ""


LONGEST = 24
"""Letters of the longest word for a cause."""
