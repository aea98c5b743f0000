"""What stands in a path: a uuid, and what it names."""

from uuid import UUID

from aiohttp import web

from cloud_api.errors import MissingError
from cloud_api.keys import CALLER, DATABASE
from cloud_api.store import measurements

NO_METER = "this household has no such meter"


def uuid_of(request: web.Request, missing: str) -> UUID:
    """Raises MissingError with this sentence where the path has no uuid."""
    try:
        return UUID(request.match_info["uuid"])
    except ValueError as error:
        raise MissingError(missing) from error


async def own_meter(request: web.Request) -> UUID:
    """The meter of the path. Raises MissingError unless it is one of the caller's household."""
    meter = uuid_of(request, NO_METER)
    async with request.app[DATABASE].read() as database:
        if await measurements.unknown(database, request[CALLER].household, {meter}):
            raise MissingError(NO_METER)
    return meter
