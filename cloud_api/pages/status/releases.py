"""The page of releases: what is offered to how many, what is held and why, what failed, and what devices run."""

from aiohttp import web

from cloud_api import wire
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.render import page

PATH = "/management/release"


async def show(request: web.Request) -> web.StreamResponse:
    found = await request.app[DATA_API].get(asker(request), PATH, wire.Releases)
    return page(request, "status/releases.html", found=found)
