"""/household/meter/…/measurement: batches come in, pages go out."""

from functools import partial

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.api.path import NO_METER, uuid_of
from cloud_api.errors import MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE, INTAKE
from cloud_api.monitoring.metrics import METRICS
from cloud_api.store import measurements, steps
from cloud_api.wire.checks import check_batch, check_period


async def show(request: web.Request) -> web.Response:
    """The measurements of a meter, oldest first, or what steps of them come to."""
    wanted = query(request, wire.MeasurementQuery)
    check_period(wanted)
    household = request[CALLER].household
    meter = uuid_of(request, NO_METER)
    async with request.app[DATABASE].read() as database:
        if await measurements.unknown(database, household, {meter}):
            raise MissingError(NO_METER)
        read = partial(steps.page, step=wanted.step) if wanted.step else measurements.page
        page = await read(
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
    stored = await request.app[INTAKE].take(request[CALLER].household, batch.measurements)
    times = (measurement.time for measurement in batch.measurements)
    now = request.app[CLOCK].now()
    request.app[METRICS].stored(times, stored=stored.stored, duplicates=stored.duplicates, at=now)
    return answer(stored)
