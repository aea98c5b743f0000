"""The two steps by which the resident lets service in for a day, and ends that before."""

import asyncio

from aiohttp import web

from edge_app.web.access.again import said_again
from edge_app.web.keys import SERVICE
from edge_app.web.participant import equipment

BACK = "/meters#service"


async def allow(request: web.Request) -> web.Response:
    """Opening a way into the house asks for the code once more."""
    service = request.app.get(SERVICE)
    if service is None or service.mode != "on-request":
        raise web.HTTPNotFound(text="This device does not ask before it is serviced.")
    if not await said_again(request, await request.post()):
        return await equipment.answer(request, problem="consent.wrong_code", status=403)
    await asyncio.to_thread(service.allow)
    raise web.HTTPSeeOther(BACK)


async def end(request: web.Request) -> web.Response:
    service = request.app.get(SERVICE)
    if service is not None:
        await asyncio.to_thread(service.end)
    raise web.HTTPSeeOther(BACK)
