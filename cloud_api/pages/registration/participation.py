"""Participation, over time and over the country."""

from aiohttp import web

from cloud_api import wire
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration.federal_states import FEDERAL_STATES
from cloud_api.pages.render import page

ORDER = ("none", "0-5", "5-10", "10-30", "30-")
"""Groups of PV power, from small to large."""


async def show(request: web.Request) -> web.StreamResponse:
    step = "week" if request.query.get("step") == "week" else "month"
    path = "/management/participation"
    found = await request.app[DATA_API].get(asker(request), path, wire.Participation, {"step": step})
    by_power = sorted(found.pv_power, key=lambda group: ORDER.index(group.name))
    return page(
        request,
        "registration/participation.html",
        participation=found,
        by_power=by_power,
        states=FEDERAL_STATES,
        step=step,
        most=max((each.not_granted + each.granted + each.revoked for each in found.over_time), default=1),
    )
