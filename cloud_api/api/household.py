"""/household and its parts, as the household's own device sees them."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.keys import CALLER, DATABASE
from cloud_api.store import households


async def show(request: web.Request) -> web.Response:
    """The household of the device."""
    async with request.app[DATABASE].read() as database:
        return answer(await households.summary(database, request[CALLER].household))


async def meters(request: web.Request) -> web.Response:
    """The meters of the household."""
    async with request.app[DATABASE].read() as database:
        found = await households.meters(database, request[CALLER].household)
    return answer(wire.Meters(meters=found))


async def pv_systems(request: web.Request) -> web.Response:
    """The photovoltaic systems of the household."""
    async with request.app[DATABASE].read() as database:
        found = await households.pv_systems(database, request[CALLER].household)
    return answer(wire.PVSystems(pv_systems=found))
