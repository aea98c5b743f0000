"""/management/status: how devices are, the worst first; and one of them, with what happened to it."""

from datetime import timedelta
from functools import partial, reduce
from operator import add

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query
from cloud_api.api.ledger import to_message
from cloud_api.api.path import uuid_of
from cloud_api.api.recently import RECENTLY
from cloud_api.errors import MissingError
from cloud_api.keys import CLOCK, DATABASE
from cloud_api.ledger.reckoning import Tally
from cloud_api.store import diagnostics, ledgers, standing, status

MISSING = "there is no such device"
BACK = timedelta(days=14)
"""How far the history of a device reaches."""
LASTS = timedelta(seconds=10)
"""How long it is told again how many devices stand how: that looks at every one."""


async def show_all(request: web.Request) -> web.Response:
    """Devices and how they are, the worst first."""
    wanted, now = query(request, wire.StatusQuery), request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        devices, following = await status.page(database, wanted)
        reckon = partial(standing.totals, database)
        totals = await request.app[RECENTLY].answer("standing", reckon, now=now, lasts=LASTS)
    return answer(wire.DevicesInQuestion(at=now, totals=totals, devices=devices, next=following))


async def show(request: web.Request) -> web.Response:
    """One device, and what happened to it in the last two weeks."""
    uuid, now = uuid_of(request, MISSING), request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        device = await status.one(database, uuid)
        if device is None:
            raise MissingError(MISSING)
        found = await ledgers.of_household(database, device.household, now=now, since=now - BACK, device=uuid)
        answered = wire.DeviceHistory(
            at=now,
            since=now - BACK,
            device=device,
            completeness=reduce(add, (ledger.tally for ledger in found.values()), Tally()).completeness,
            ledgers=[to_message(meter, ledger, runs=True) for meter, ledger in found.items()],
            incidents=await status.incidents_of(database, uuid),
            versions=await status.versions_of(database, uuid),
            diagnostics=await diagnostics.status(database, uuid),
        )
    return answer(answered)
