"""/management/region: a region, to be drawn."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query
from cloud_api.errors import MissingError
from cloud_api.keys import DATABASE, PLACER
from cloud_api.privacy.outlines import rings
from cloud_api.privacy.regions import Region


async def show(request: web.Request) -> web.Response:
    """One region: its name, density and outline."""
    code = query(request, wire.RegionQuery).code
    async with request.app[DATABASE].read() as database:
        regions = await request.app[PLACER].atlas.regions(database)
    found = regions.by_code.get(code) if regions else None
    if found is None:
        raise MissingError("there is no such region")
    return answer(message_of(found))


def message_of(region: Region) -> wire.Region:
    return wire.Region(code=region.nuts3, name=region.name, density=region.density, outline=rings(region))
