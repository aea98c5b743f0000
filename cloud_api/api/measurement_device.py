"""/household/measurement_device and /management/measurement_device: devices, and what is known of their state."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query
from cloud_api.keys import CALLER, DATABASE
from cloud_api.store import device_list


async def show(request: web.Request) -> web.Response:
    """The devices of the household."""
    async with request.app[DATABASE].read() as database:
        found = await device_list.of_household(database, request[CALLER].household)
    return answer(wire.DeviceStatuses(measurement_devices=found))


async def show_all(request: web.Request) -> web.Response:
    """The devices of every household, page by page."""
    wanted = query(request, wire.UuidQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await device_list.page(database, limit=wanted.limit, cursor=wanted.cursor))
