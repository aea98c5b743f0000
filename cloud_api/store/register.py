"""The register: households a line each, searched, filtered and in an order."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, String, and_, case, cast, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from cloud_api import wire
from cloud_api.store.schema import address, consent, correction, household, location, meter, participant, pv_system
from cloud_api.wire.register import Lack

_OF = household.c.uuid
LACKS: dict[Lack, ColumnElement[bool]] = {
    "location": location.c.household.is_(None),
    "region": and_(location.c.household.is_not(None), location.c.region.is_(None)),
    "electricity-meter": not_(exists().where(meter.c.household == _OF, meter.c.type == "ELECTRICITY")),
    "pv-system": not_(exists().where(pv_system.c.household == _OF)),
}
"""What says that a household lacks a detail."""
LACKING = sum((case((lack, 1), else_=0) for lack in LACKS.values()), start=literal(0))
"""How many details it lacks."""
_ORDER = {
    "registered": household.c.registered_at,
    "name": func.lower(participant.c.name),
    "consent": consent.c.state,
    "region": location.c.region,
    "completeness": LACKING,
}


async def page(connection: AsyncConnection, wanted: wire.RegisterQuery) -> tuple[Sequence[Row[Any]], int]:
    """The rows of one page, and how many fit in all."""
    total = await connection.scalar(_joined(select(func.count()), wanted)) or 0
    waiting = select(func.count()).where(correction.c.household == _OF, correction.c.state == "open")
    columns = (
        *(_OF, household.c.registered_at, participant.c.name, participant.c.email),
        *(address.c.postal_code, address.c.city, location.c.region),
        *(consent.c.state, consent.c.granted_at, consent.c.revoked_at),
        *(lack.label(f"lacks-{name}") for name, lack in LACKS.items()),
        waiting.scalar_subquery().label("corrections"),
    )
    order = _ORDER[wanted.sort]
    query = _joined(select(*columns), wanted).order_by(order.desc() if wanted.descending else order, _OF)
    rows = (await connection.execute(query.limit(wanted.limit).offset((wanted.page - 1) * wanted.limit))).all()
    return rows, total


def lacks_of(row: Row[Any]) -> list[Lack]:
    return [name for name in LACKS if row._mapping[f"lacks-{name}"]]  # noqa: SLF001  # its public way to a column by name


def joined(query: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Households with what each has one of, or none."""
    return query.select_from(
        household.join(consent, consent.c.household == _OF)
        .outerjoin(participant, participant.c.uuid == household.c.participant)
        .outerjoin(address, address.c.household == _OF)
        .outerjoin(location, location.c.household == _OF)
    )


def _joined(query: Select[Any], wanted: wire.RegisterQuery) -> Select[Any]:
    query = joined(query)
    if wanted.consent:
        query = query.where(consent.c.state == wanted.consent)
    if wanted.region:
        query = query.where(location.c.region.startswith(wanted.region, autoescape=True))
    if wanted.complete is not None:
        lacking = or_(*LACKS.values())
        query = query.where(not_(lacking) if wanted.complete else lacking)
    for word in (wanted.text or "").split():
        query = query.where(_tells(word))
    return query


def _tells(word: str) -> ColumnElement[bool]:
    if identity := _uuid(word):
        return household.c.uuid == identity
    columns = (participant.c.name, participant.c.email, address.c.city, address.c.postal_code)
    return or_(*(func.lower(cast(column, String)).contains(word.lower(), autoescape=True) for column in columns))


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
