"""Diagnostics: administrators ask, the device sends them at its next contact, administrators fetch them."""

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, take
from cloud_api.api.path import uuid_of
from cloud_api.api.status import MISSING
from cloud_api.errors import MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE
from cloud_api.store import devices, diagnostics


async def want(request: web.Request) -> web.Response:
    """Ask for a device's diagnostics; it hears of it with its next request."""
    uuid, now = uuid_of(request, MISSING), request.app[CLOCK].now()
    async with request.app[DATABASE].write() as database:
        if not await diagnostics.want(database, uuid, at=now):
            raise MissingError(MISSING)
        household = await devices.household_of(database, uuid)
        await enter(request, database, "diagnostics asked for", household=household, subject=uuid)
        return answer(await diagnostics.status(database, uuid), status=202)


async def fetch(request: web.Request) -> web.Response:
    """The diagnostics that a device sent last."""
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].read() as database:
        kept = await diagnostics.kept(database, uuid)
    if kept is None:
        raise MissingError("this device has sent no diagnostics")
    return answer(msgspec.json.decode(kept.content, type=wire.Diagnostics))


async def send(request: web.Request) -> web.Response:
    """Send the diagnostics that an answer has asked for; what nobody has asked for is not kept."""
    sent = await take(request, wire.Diagnostics)
    device, now = request[CALLER].device, request.app[CLOCK].now()
    async with request.app[DATABASE].write() as database:
        kept = await diagnostics.keep(database, device, msgspec.json.encode(sent), at=now)
    return answer(wire.DiagnosticsKept(kept=kept))
