"""/management/geodata: which geodata are held, and what has to be shown beside whatever is made of them."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.keys import DATABASE
from cloud_api.store import geodata


async def show(request: web.Request) -> web.Response:
    """The geodata that are held, with the attribution lines that their licences ask for."""
    async with request.app[DATABASE].read() as database:
        return answer(wire.Geodata(geodata=await geodata.held(database)))
