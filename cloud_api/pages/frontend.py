"""A frontend as an application below its path, behind the gate; a room adds its routes and stands in ROOMS."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web

from cloud_api.access.attempts import FAILED, Attempts
from cloud_api.access.proxies import Proxies
from cloud_api.clock import Clock
from cloud_api.keys import CLOCK, PROXIES
from cloud_api.pages import entrance
from cloud_api.pages.data_api import DataApi
from cloud_api.pages.gate import gate
from cloud_api.pages.keys import DATA_API, FRONTEND, NAMES, OTHERS, PAGES, SESSIONS, TRIES, Named
from cloud_api.pages.render import static
from cloud_api.pages.sessions import Sessions

REQUESTS = 240
"""Pages that an address is given in a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend(Named):
    """A frontend with its pages; their paths are below that of the frontend."""

    routes: Sequence[web.RouteDef]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What frontends are given: the Data API, the time, a folder for sessions, their names, and whom to believe."""

    data_api: DataApi
    clock: Clock
    folder: Path
    names: frozenset[str]
    proxies: Proxies
    requests_a_minute: int = REQUESTS


def mount(app: web.Application, frontends: Sequence[Frontend], around: Surroundings) -> None:
    """Add frontends to the application of a port, whose bare address leads to the first of them."""
    tries, pages = Attempts(a_minute=FAILED), Attempts(a_minute=around.requests_a_minute)
    for frontend in frontends:
        below = web.Application(middlewares=[gate])
        below[FRONTEND], below[DATA_API], below[CLOCK] = frontend, around.data_api, around.clock
        below[SESSIONS] = Sessions(around.folder / frontend.name, around.clock)
        below[OTHERS] = [other for other in frontends if other is not frontend]
        below[NAMES], below[PROXIES] = around.names, around.proxies
        below[TRIES], below[PAGES] = tries, pages
        below.add_routes(
            [
                web.get("/login", entrance.show),
                web.post("/login", entrance.log_in),
                web.post("/logout", entrance.log_out),
                web.get("/language/{language}", entrance.choose_language),
                web.get("/static/{name}", static),
                *frontend.routes,
            ]
        )
        app.add_subapp(frontend.path, below)
    if frontends:
        app.router.add_get("/", partial(_lead_to, frontends[0]))


async def _lead_to(frontend: Frontend, _request: web.Request) -> web.Response:
    return web.Response(status=303, headers={"Location": frontend.path})
