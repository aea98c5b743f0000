"""Incidents: one open of a kind for a meter at a time, and all that ever were."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import MissingError
from cloud_api.store.cursors import newest_first
from cloud_api.store.schema import INCIDENT_IS_OPEN, incident

COLUMNS = [incident.c[name] for name in wire.Incident.__struct_fields__]


async def report(
    connection: AsyncConnection, household: UUID, meter: UUID, said: wire.IncidentReport, *, at: datetime
) -> wire.Incident:
    """The open incident of this kind: the one that is there, with what is known of it now, or a new one."""
    latest = {"cause": said.cause, "detail": said.detail, "reported_at": at}
    here = _of(household, meter, said.kind)
    done = await connection.execute(update(incident).where(here, INCIDENT_IS_OPEN).values(latest))
    if not done.rowcount:
        new = {"household": household, "uuid": uuid4(), "meter": meter, "kind": said.kind, "opened_at": at}
        await connection.execute(insert(incident).values(new | latest))
    row = (await connection.execute(select(*COLUMNS).where(here, INCIDENT_IS_OPEN))).mappings().one()
    return wire.Incident(**row)


async def resolve(
    connection: AsyncConnection, household: UUID, meter: UUID, kind: str, *, at: datetime
) -> wire.Incident:
    """The incident that is over now, or was over before. Raises MissingError where there never was one."""
    here = _of(household, meter, kind)
    await connection.execute(update(incident).where(here, INCIDENT_IS_OPEN).values(resolved_at=at))
    query = select(*COLUMNS).where(here).order_by(incident.c.opened_at.desc(), incident.c.uuid).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise MissingError("this meter has had no incident of this kind")
    return wire.Incident(**row)


async def page(
    connection: AsyncConnection, wanted: wire.IncidentQuery, *, of: tuple[UUID, UUID] | None = None
) -> wire.Incidents:
    """Incidents of every household, or of one household's meter."""
    query = select(*COLUMNS)
    if of:
        query = query.where(incident.c.household == of[0], incident.c.meter == of[1])
    if wanted.open is not None:
        query = query.where(INCIDENT_IS_OPEN if wanted.open else ~INCIDENT_IS_OPEN)
    rows, following = await newest_first(
        connection, query, incident.c.opened_at, incident.c.uuid, limit=wanted.limit, cursor=wanted.cursor
    )
    return wire.Incidents(incidents=[wire.Incident(**row) for row in rows], next=following)


async def forget_words(connection: AsyncConnection, household: UUID) -> None:
    """Erase what is free text; that there was an incident, of which kind and when, stays."""
    await connection.execute(update(incident).where(incident.c.household == household).values(cause=None, detail=None))


def _of(household: UUID, meter: UUID, kind: str) -> ColumnElement[bool]:
    return and_(incident.c.household == household, incident.c.meter == meter, incident.c.kind == kind)
