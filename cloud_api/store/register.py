"""The register: households a line each, searched, filtered and in an order."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from cloud_api import wire
from cloud_api.store.schema import address, consent, correction, household, location, participant
from cloud_api.store.searching import reached_so

_OF = household.c.uuid
_ORDER: dict[str, ColumnElement[Any]] = {
    "registered": household.c.registered_at,
    "name": func.lower(participant.c.name),
    "consent": consent.c.state,
    "region": location.c.region,
    "details": household.c.lacking_details,
    "completeness": household.c.completeness,
}


async def page(connection: AsyncConnection, wanted: wire.RegisterQuery) -> tuple[Sequence[Row[Any]], int | None]:
    """The rows of one page; and how many fit in all, if that was found on the way."""
    # which they are is found first: what is shown of them is joined for one page alone
    shown, found = await _found(connection, wanted)
    waiting = select(func.count()).where(correction.c.household == _OF, correction.c.state == "open")
    columns = (
        *(household.c[name] for name in ("uuid", "registered_at", "completeness", "lacking_details")),
        *(participant.c.name, participant.c.email),
        *(address.c.postal_code, address.c.city, location.c.region),
        *(consent.c.state, consent.c.granted_at, consent.c.revoked_at),
        waiting.scalar_subquery().label("corrections"),
    )
    rows = {row.uuid: row for row in (await connection.execute(joined(select(*columns)).where(_OF.in_(shown)))).all()}
    return [rows[uuid] for uuid in shown], found


async def total(connection: AsyncConnection, wanted: wire.RegisterQuery) -> int:
    """How many fit in all."""
    return await connection.scalar(_fitting(select(func.count()), wanted)) or 0


async def _found(connection: AsyncConnection, wanted: wire.RegisterQuery) -> tuple[Sequence[UUID], int | None]:
    column = _ORDER[wanted.sort]
    order = column.desc() if wanted.descending else column.asc()
    if wanted.sort == "completeness":
        order = order.nulls_last()
    query = _fitting(select(_OF), wanted, sorted_by=wanted.sort).order_by(order, _OF)
    query = query.limit(wanted.limit).offset((wanted.page - 1) * wanted.limit)
    if wanted.text:
        # no index helps a search: every name is looked at once, and not once more to count
        counted = (await connection.execute(query.add_columns(func.count().over()))).all()
        if counted or wanted.page == 1:
            return [row[0] for row in counted], counted[0][1] if counted else 0
    return (await connection.scalars(query)).all(), None


def joined(query: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Households with what each has one of, or none."""
    return query.select_from(
        household.join(consent, consent.c.household == _OF)
        .outerjoin(participant, participant.c.uuid == household.c.participant)
        .outerjoin(address, address.c.household == _OF)
        .outerjoin(location, location.c.household == _OF)
    )


def _fitting(query: Select[Any], wanted: wire.RegisterQuery, *, sorted_by: str = "") -> Select[Any]:
    """What fits, joined with nothing that it is not filtered or sorted by."""
    table: Any = household
    if wanted.consent or sorted_by == "consent":
        table = table.join(consent, consent.c.household == _OF)
    if sorted_by == "name":
        table = table.outerjoin(participant, participant.c.uuid == household.c.participant)
    if wanted.region or sorted_by == "region":
        table = table.outerjoin(location, location.c.household == _OF)
    query = query.select_from(table)
    if wanted.consent:
        query = query.where(consent.c.state == wanted.consent)
    if wanted.region:
        query = query.where(location.c.region.startswith(wanted.region, autoescape=True))
    if wanted.complete is not None:
        query = query.where(household.c.lacking_details == 0 if wanted.complete else household.c.lacking_details > 0)
    if wanted.below is not None:
        query = query.where(household.c.completeness < wanted.below)
    for word in (wanted.text or "").split():
        query = query.where(_is_of(word))
    return query


def _is_of(word: str) -> ColumnElement[bool]:
    identity = _uuid(word)
    return reached_so(word) if identity is None else household.c.uuid.in_([identity])


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
