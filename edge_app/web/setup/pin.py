"""The PIN: entered by the head's light while a person looks on, or with them where the menu has to be walked.

The PIN stands in no address and on no page: the form sends it, it is sealed, and the field is empty again.
"""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from edge_app.errors import ConfigError
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.timing import Timing, timing
from edge_app.setup.entry import Entry
from edge_app.store import fittings
from edge_app.store.fittings import Fitting
from edge_app.web.frame.live import stream
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import READER, STORE
from edge_app.web.setup.bench import BENCH
from edge_app.web.setup.head import asked_port


async def show(request: web.Request) -> web.Response:
    fitting, reader, fitter = await _fitting(request), request[READER], request.app[BENCH].fitter
    visit = await fitter.look(fitting.port)
    usual = _timing(request, fitting)
    return page(
        request,
        "setup/pin.html",
        fitting=fitting,
        quoted=quote(fitting.port, safe=""),
        entering=fitter.entering,
        entry=fitter.entry,
        texts=texts(fitter.entry, reader, entering=fitter.entering),
        unlocked=visit.sound.unlocked,
        another=visit.sound.candidates and fitting.model not in {each.model for each in visit.sound.candidates},
        possible=usual is not None,
        walks=usual is not None and usual.walks,
        problem=request.query.get("problem") == "pin",
    )


async def live(request: web.Request) -> web.StreamResponse:
    """How the entry goes; the page is loaded anew when a person is needed, or when it is over."""
    fitting, reader, fitter = await _fitting(request), request[READER], request.app[BENCH].fitter

    async def look() -> Mapping[str, str]:
        if fitter.still(fitting.port) is None:
            return {}
        return texts(fitter.entry, reader, entering=fitter.entering)

    return await stream(request, look)


async def enter(request: web.Request) -> web.Response:
    fitting, form = await _fitting(request), await request.post()
    address = f"/setup/pin?port={quote(fitting.port, safe='')}"
    try:
        pin = Pin.parse(str(form.get("pin", "")))
    except ConfigError:
        raise web.HTTPSeeOther(f"{address}&problem=pin") from None
    if _timing(request, fitting):
        await request.app[BENCH].fitter.enter(fitting, pin)
    raise web.HTTPSeeOther(address)


async def stop(request: web.Request) -> web.Response:
    fitting = await _fitting(request)
    await request.app[BENCH].fitter.stop_entering()
    raise web.HTTPSeeOther(f"/setup/pin?port={quote(fitting.port, safe='')}")


async def answer(request: web.Request) -> web.Response:
    """What the display shows, said before anything is pressed long."""
    fitting, form = await _fitting(request), await request.post()
    entry = request.app[BENCH].fitter.entry
    if entry:
        entry.answer(shows_inf=form.get("shows") == "InF")
    raise web.HTTPSeeOther(f"/setup/pin?port={quote(fitting.port, safe='')}")


def texts(entry: Entry | None, reader: Reader, *, entering: bool) -> dict[str, str]:
    """Where the entry stands, in words; `state` changes when the page has something else to offer."""
    if entry is None:
        return {"state": "idle", "phase": "", "left": ""}
    if not entering:
        return {"state": "over", "phase": "", "left": ""}
    progress = entry.progress
    if progress is None:
        return {"state": "entering", "phase": reader.say("setup.phase_look"), "left": ""}
    return {
        "state": "asks" if entry.asks else "entering",
        "phase": reader.say(f"setup.phase_{progress.phase}", digit=progress.digit or 0),
        "left": reader.say("setup.left", seconds=round(entry.seconds_left)),
    }


async def _fitting(request: web.Request) -> Fitting:
    port = await asked_port(request)
    fitting = await request.app[STORE].run(fittings.at_port, port)
    if fitting is None or fitting.model not in request.app[BENCH].fitter.models.models:
        raise web.HTTPSeeOther(f"/setup/head?port={quote(port, safe='')}")
    return fitting


def _timing(request: web.Request, fitting: Fitting) -> Timing | None:
    return timing(request.app[BENCH].fitter.models.models[fitting.model])
