"""How devices stand: in one number that is written down, so that the worst of very many are found at once."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import get_args
from uuid import UUID

from sqlalchemy import Select, Subquery, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.store.database import Database
from cloud_api.store.schema import INCIDENT_IS_OPEN, certificate, consent, incident, measurement_device, meter
from cloud_api.store.silence import SILENT
from cloud_api.wire.fields import StandingWord

SHORT = timedelta(days=14)
"""A certificate that ends sooner should long have been renewed: that happens at two thirds of its 90 days."""


class Standing(IntEnum):
    """How badly a device needs somebody, the worst last."""

    ENDED = 0
    """Consent was revoked: nothing is expected of it any more."""
    WELL = 1
    WAITING = 2
    """Consent was not granted yet."""
    CERTIFICATE = 3
    """Its certificate ends soon, or has ended, or was denied."""
    INCIDENT = 4
    SILENT = 5

    @property
    def word(self) -> StandingWord:
        """As messages say it."""
        return _WORDS[self]

    @classmethod
    def of(cls, word: StandingWord) -> "Standing":
        return cls[word.upper()]


_WORDS: dict[Standing, StandingWord] = {Standing.of(word): word for word in get_args(StandingWord)}


async def assess(database: Database, *, now: datetime) -> int:
    """Write down how every device stands; how many stand otherwise than before."""
    async with database.read() as connection:
        changed = [
            {"device": row.uuid, "stands": row.stands}
            for row in (await connection.execute(_otherwise(now + SHORT))).all()
        ]
    if changed:
        async with database.write() as connection:
            await connection.execute(_WRITE, changed)
    return len(changed)


async def totals(connection: AsyncConnection) -> dict[StandingWord, int]:
    """How many devices stand how, the worst first."""
    query = select(measurement_device.c.urgency, func.count()).group_by(measurement_device.c.urgency)
    found = {row.urgency: row[1] for row in await connection.execute(query)}
    return {each.word: found.get(each, 0) for each in reversed(Standing)}


_WRITE = (
    update(measurement_device)
    .where(measurement_device.c.uuid == bindparam("device"))
    .values(urgency=bindparam("stands"))
)


def _troubled() -> Subquery:
    """Devices with open incidents, and whether one of these is their silence."""
    silent = func.max(case((incident.c.kind == SILENT, 1), else_=0))
    return (
        select(meter.c.measurement_device.label("device"), silent.label("silent"))
        .join(incident, (incident.c.household == meter.c.household) & (incident.c.meter == meter.c.uuid))
        .where(INCIDENT_IS_OPEN)
        .group_by(meter.c.measurement_device)
        .subquery()
    )


def _certified() -> Subquery:
    """Until when the certificate of a device lasts."""
    return (
        select(certificate.c.measurement_device.label("device"), func.max(certificate.c.not_after).label("until"))
        .where(certificate.c.denied_at.is_(None))
        .group_by(certificate.c.measurement_device)
        .subquery()
    )


def _otherwise(short: datetime) -> Select[tuple[UUID, int]]:
    """Devices that stand otherwise than is written down; `short` is a moment until which a certificate has to last."""
    troubled, certified = _troubled(), _certified()
    stands = case(
        (consent.c.state == "revoked", Standing.ENDED.value),
        (troubled.c.silent == 1, Standing.SILENT.value),
        (troubled.c.silent == 0, Standing.INCIDENT.value),
        (consent.c.state == "not-granted", Standing.WAITING.value),
        ((certified.c.until > short).is_not(True), Standing.CERTIFICATE.value),
        else_=Standing.WELL.value,
    )
    device = measurement_device
    return (
        select(device.c.uuid, stands.label("stands"))
        .join(consent, consent.c.household == device.c.household)
        .outerjoin(troubled, troubled.c.device == device.c.uuid)
        .outerjoin(certified, certified.c.device == device.c.uuid)
        .where(device.c.urgency != stands)
    )
