"""/household/meter/…/measurement: batches come in, pages go out."""

from uuid import UUID

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.checks import check_batch, check_period
from cloud_api.errors import MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE, INTAKE
from cloud_api.store import measurements


async def show(request: web.Request) -> web.Response:
    """The measurements of a meter, oldest first."""
    wanted = query(request, wire.MeasurementQuery)
    check_period(wanted)
    household = request[CALLER].household
    meter = _meter(request)
    async with request.app[DATABASE].read() as database:
        if await measurements.unknown(database, household, {meter}):
            raise MissingError("this household has no such meter")
        page = await measurements.page(
            database,
            household,
            meter,
            limit=wanted.limit,
            since=wanted.from_,
            until=wanted.to,
            cursor=wanted.cursor,
        )
    return answer(page)


async def add(request: web.Request) -> web.Response:
    """Store a batch of measurements, whole or not at all; sending it again does no harm."""
    batch = await take(request, wire.MeasurementBatch)
    check_batch(batch, request.app[CLOCK].now())
    household = request[CALLER].household
    return answer(await request.app[INTAKE].take(household, batch.measurements))


def _meter(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["uuid"])
    except ValueError as error:
        raise MissingError("this household has no such meter") from error
