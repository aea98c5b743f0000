"""Plugins as people write them: one that tells all that it hears, and one that fails wherever it is called."""

import sys
from pathlib import Path
from typing import Any

WITNESS = '''
"""Notes what it hears."""

import asyncio

from aiohttp import web
from edge_app.metering import Command, Page, PluginError, hookimpl
from edge_app.metering.plugins.reader import FORM_TOKEN, LANGUAGE

HEARD = []


class Witness:
    def __init__(self, settings, device):
        self.greeting = settings.text("greeting")
        settings.close()
        HEARD.append(("began", device.uuid))

    @hookimpl
    def consent_changed(self, consent):
        HEARD.append(("consent", consent.state))

    @hookimpl
    def reading_heard(self, meter, model, reading, at):
        HEARD.append(("reading", meter, model.model, at))

    @hookimpl
    def measurement_taken(self, measurement):
        HEARD.append(("measurement", measurement.meter, measurement.slot))

    @hookimpl
    def incident_opened(self, incident):
        HEARD.append(("opened", incident.kind))

    @hookimpl
    def incident_closed(self, incident):
        HEARD.append(("closed", incident.kind))

    @hookimpl
    def services(self):
        return [self.serve]

    async def serve(self):
        HEARD.append(("serving", self.greeting))
        try:
            await asyncio.Event().wait()
        finally:
            HEARD.append(("served", self.greeting))

    @hookimpl
    def pages(self):
        async def show(request):
            return web.Response(text=f"{self.greeting} in {request[LANGUAGE]}")

        async def token(request):
            return web.Response(text=request[FORM_TOKEN])

        async def gone(request):
            raise web.HTTPGone(text="no more")

        async def broken(request):
            raise LookupError("a page without a text")

        routes = [web.get("/", show), web.get("/gone", gone), web.get("/broken", broken), web.post("/", show)]
        routes.append(web.get("/token", token))
        more = Page(title={"de": "Mehr", "en": "More"}, routes=[web.get("/more", show)], path="/more")
        return [Page(title={"de": "Der Zeuge", "en": "The witness"}, routes=routes), more]


@hookimpl
def begin(settings, device):
    return Witness(settings, device)


def testify(given, settings):
    if settings is None:
        raise PluginError("nothing to say without settings")
    print(given.volume, settings.text("greeting"))
    return 4


@hookimpl
def commands():
    add = lambda command: command.add_argument("--volume", default="quietly")
    return [Command(name="testify", help="Say what it has to say.", run=testify, add=add)]
'''

SABOTEUR = '''
"""Fails wherever it is called."""

from edge_app.metering import hookimpl


class Saboteur:
    @hookimpl
    def services(self):
        async def collapse():
            raise RuntimeError("the service collapsed")

        return [collapse, "no coroutine function"]


def fail(**_):
    raise RuntimeError("sabotage")


@hookimpl
def begin():
    return Saboteur()


@hookimpl
def consent_changed(consent):
    fail()


@hookimpl
def reading_heard(reading):
    reading.registers.clear()
    fail()


@hookimpl
def measurement_taken(measurement):
    measurement.data.clear()
    fail()


@hookimpl
def incident_opened(incident):
    fail()


@hookimpl
def incident_closed(incident):
    fail()


@hookimpl
def pages():
    fail()


@hookimpl
def commands():
    fail()
'''


MODULE = "zaehlwerk_dropped_in_witness"


def drop_in(folder: Path, **sources: str) -> Path:
    """Put plugins into a folder, each under its name; what a witness heard before is forgotten."""
    sys.modules.pop(MODULE, None)
    folder.mkdir(exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def heard() -> list[tuple[Any, ...]]:
    """What the witness has heard; nothing before it is loaded."""
    return getattr(sys.modules.get(MODULE), "HEARD", [])
