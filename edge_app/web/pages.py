"""The page's application: its routes, and what they carry."""

from collections.abc import Sequence
from importlib.resources import files

import jinja2
from aiohttp import web

from edge_app.store import Store
from edge_app.web import home, incidents
from edge_app.web.guard import guard, names_of_this_device
from edge_app.web.keys import DECISIONS, METERS, NAMES, STORE, TEMPLATES, Decisions, MeterOnPage

PACKAGE = "zaehlwerk_templates"


def make_pages(
    *,
    store: Store,
    meters: Sequence[MeterOnPage],
    decisions: Decisions,
    names: Sequence[str],
) -> web.Application:
    """Put the page together."""
    templates = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(PACKAGE, "edge"), jinja2.PackageLoader(PACKAGE, "shared")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    app = web.Application(middlewares=[guard])
    app[STORE] = store
    app[METERS] = meters
    app[DECISIONS] = decisions
    app[NAMES] = names_of_this_device(*names)
    app[TEMPLATES] = templates
    app.add_routes(
        [
            web.get("/", home.show),
            web.post("/consent/grant", home.grant),
            web.post("/consent/revoke", home.revoke),
            web.post("/meter/{uuid}/exchange", incidents.confirm_exchange),
            web.post("/meter/{uuid}/pin", incidents.enter_pin_again),
            web.static("/static", str(files(PACKAGE) / "static")),
        ]
    )
    return app
