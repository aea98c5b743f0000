"""/household/meter/…/incident: what stops the measurements of a meter, and since when."""

from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, query, take
from cloud_api.api.path import NO_METER, own_meter, uuid_of
from cloud_api.errors import ConsentError, MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE
from cloud_api.store import consents, incidents


async def show(request: web.Request) -> web.Response:
    """The incidents of a meter, newest first."""
    wanted = query(request, wire.IncidentQuery)
    meter = await own_meter(request)
    async with request.app[DATABASE].read() as database:
        return answer(await incidents.page(database, wanted, of=(request[CALLER].household, meter)))


async def report(request: web.Request) -> web.Response:
    """Report an incident; while it is open, reporting it again tells more of the same one."""
    said = await take(request, wire.IncidentReport)
    household, meter = request[CALLER].household, uuid_of(request, NO_METER)
    async with request.app[DATABASE].write() as database:
        await _check(database, household, meter)
        now = request.app[CLOCK].now()
        incident = await incidents.report(database, household, meter, said, at=now)
        if incident.opened_at == now:
            await enter(request, database, "incident opened", household=household, subject=meter)
    return answer(incident)


async def resolve(request: web.Request) -> web.Response:
    """Say that an incident is over; saying it again does no harm."""
    said = await take(request, wire.IncidentResolution)
    household, meter = request[CALLER].household, uuid_of(request, NO_METER)
    async with request.app[DATABASE].write() as database:
        await _check(database, household, meter)
        now = request.app[CLOCK].now()
        incident = await incidents.resolve(database, household, meter, said.kind, at=now)
        if incident.resolved_at == now:
            await enter(request, database, "incident resolved", household=household, subject=meter)
    return answer(incident)


async def _check(database: AsyncConnection, household: UUID, meter: UUID) -> None:
    """Raises ConsentError where consent ended while the body came, MissingError for a meter of another household."""
    meters = (await database.run_sync(consents.meters_by_consent, {household})).get(household)
    if meters is None:
        raise ConsentError("consent does not stand")
    if meter not in meters:
        raise MissingError(NO_METER)


async def show_all(request: web.Request) -> web.Response:
    """The incidents of every household, newest first."""
    wanted = query(request, wire.IncidentQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await incidents.page(database, wanted))
