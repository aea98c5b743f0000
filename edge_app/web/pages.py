"""The pages' application: its routes, and what they carry."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from aiohttp import web

from edge_app.clock import Clock, SystemClock
from edge_app.errors import UnreachableError
from edge_app.setup.trials import Trials
from edge_app.store import Store
from edge_app.web import home, incidents
from edge_app.web.access import entrance
from edge_app.web.access.attempts import Attempts
from edge_app.web.access.codes import Codes
from edge_app.web.access.sessions import Sessions
from edge_app.web.frame import language
from edge_app.web.frame.guard import guard, mark, names_of_this_device
from edge_app.web.frame.page import make_templates
from edge_app.web.frame.words import PACKAGE
from edge_app.web.keys import (
    ATTEMPTS,
    CLOCK,
    CODES,
    DECISIONS,
    INQUIRIES,
    LIVE,
    METERS,
    NAMES,
    SERVICE,
    SESSIONS,
    STOPPING,
    STORE,
    TEMPLATES,
    Decisions,
    MeterOnPage,
    Service,
)
from edge_app.web.participant import allowing, consent, download, equipment, left_house, measured, registration
from edge_app.web.participant.inquiries import Cloud, Inquiries
from edge_app.web.setup import pages as setup
from edge_app.web.setup.bench import BENCH, TRIALS, Bench
from edge_app.web.setup.plugins import GRADES, Grades

ROUTES = [
    web.get("/", home.show),
    web.get(LIVE, home.live),
    web.get("/enter", entrance.show),
    web.post("/enter", entrance.enter),
    web.post("/leave", entrance.leave),
    web.post("/language", language.switch),
    web.get("/consent", consent.show),
    web.post("/consent/grant", consent.grant),
    web.post("/consent/revoke", consent.revoke),
    web.get("/measurements", measured.show),
    web.get("/measurements.csv", download.csv),
    web.get("/measurements.json", download.as_json),
    web.get("/meters", equipment.show),
    web.post("/service/allow", allowing.allow),
    web.post("/service/end", allowing.end),
    web.get("/uploads", left_house.show),
    web.get("/uploads/{seq:\\d{1,12}}", left_house.content),
    web.get("/registration", registration.show),
    web.post("/registration/report", registration.report),
    web.post("/meter/{uuid}/exchange", incidents.confirm_exchange),
    web.post("/meter/{uuid}/pin", incidents.enter_pin_again),
]


def make_pages(
    *,
    store: Store,
    meters: Sequence[MeterOnPage],
    decisions: Decisions,
    names: Sequence[str],
    cloud: Cloud | None = None,
    codes: Codes | None = None,
    clock: Clock | None = None,
    bench: Bench | None = None,
    service: Service | None = None,
) -> web.Application:
    """Put the pages together.

    Without access codes they are open to this machine itself and to nobody else; without `cloud` they show what this
    device knows, and without `bench` nothing can be set up on them.
    """
    clock = clock or SystemClock()
    inquiries = Inquiries(store, cloud or Cloud(ask=_nobody, tell=_nobody), clock)
    app = web.Application(middlewares=[guard])
    app[STORE] = store
    app[CLOCK] = clock
    app[METERS] = meters
    app[INQUIRIES] = inquiries
    app[DECISIONS] = decisions
    app[NAMES] = names_of_this_device(*names)
    app[TEMPLATES] = make_templates()
    app[CODES] = codes or Codes()
    app[SESSIONS] = Sessions(clock)
    app[ATTEMPTS] = Attempts(clock)
    app[STOPPING] = asyncio.Event()
    app.on_response_prepare.append(mark)
    app.on_shutdown.append(_stop)
    app.on_cleanup.append(lambda _app: inquiries.close())
    if service:
        app[SERVICE] = service
    if bench:
        app[BENCH] = bench
        app[GRADES] = Grades(bench.plugins)
        app[TRIALS] = trials = Trials(bench.laboratory)
        app.on_cleanup.append(app[GRADES].close)
        app.on_cleanup.append(lambda _app: trials.close())
        app.add_routes(setup.ROUTES)
    app.add_routes([*ROUTES, web.static("/static", str(files(PACKAGE) / "static"))])
    return app


async def _nobody(*_asked: object) -> Mapping[str, Any]:
    raise UnreachableError("there is no cloud")


async def _stop(app: web.Application) -> None:
    app[STOPPING].set()
