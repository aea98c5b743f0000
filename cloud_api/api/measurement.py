"""/household/meter/…/measurement: batches come in, pages go out."""

from uuid import UUID

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.checks import check_batch, check_period
from cloud_api.errors import ConsentError, Fault, MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE
from cloud_api.store import consents, measurements


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
    async with request.app[DATABASE].write() as database:
        if not await consents.stands(database, household):  # it may have been revoked while the body came
            raise ConsentError("consent does not stand")
        unknown = await measurements.unknown(database, household, {draft.meter for draft in batch.measurements})
        if unknown:
            raise MissingError("this household has no such meter", *_faults(batch, unknown))
        stored = await measurements.add(database, household, batch.measurements)
    return answer(wire.Stored(stored=stored, duplicates=len(batch.measurements) - stored))


def _meter(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["uuid"])
    except ValueError as error:
        raise MissingError("this household has no such meter") from error


def _faults(batch: wire.MeasurementBatch, unknown: set[UUID]) -> list[Fault]:
    return [
        Fault(pointer=f"/measurements/{place}/meter", detail="Expected a meter of this household")
        for place, draft in enumerate(batch.measurements)
        if draft.meter in unknown
    ]
