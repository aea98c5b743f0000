"""The test: a measurement that goes to the cloud and comes back, or the step at which that ends, and what to do."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from edge_app.setup.trials import Trials
from edge_app.store import fittings
from edge_app.store.fittings import Fitting
from edge_app.web.frame.live import stream
from edge_app.web.frame.page import page
from edge_app.web.keys import STORE
from edge_app.web.setup.bench import BENCH, TRIALS
from edge_app.web.setup.head import asked_port


async def show(request: web.Request) -> web.Response:
    """How far it has come; it goes on while nobody looks."""
    fitting, trials = await _fitting(request), request.app[TRIALS]
    trial = trials.found(fitting.meter)
    return page(
        request,
        "setup/trial.html",
        fitting=fitting,
        quoted=quote(fitting.port, safe=""),
        trial=trial,
        under_way=trials.under_way(fitting.meter),
        state=_state(trials, fitting),
    )


async def live(request: web.Request) -> web.StreamResponse:
    """The page is loaded anew whenever the test has come further."""
    fitting, trials = await _fitting(request), request.app[TRIALS]

    async def look() -> Mapping[str, str]:
        return {"state": _state(trials, fitting)}

    return await stream(request, look)


async def begin(request: web.Request) -> web.Response:
    """Try it; the probe is given back to its post before, which then measures."""
    fitting, bench = await _fitting(request), request.app[BENCH]
    if not bench.fitter.entering:
        await bench.fitter.leave()
    request.app[TRIALS].begin(fitting.meter)
    raise web.HTTPSeeOther(f"/setup/trial?port={quote(fitting.port, safe='')}")


def _state(trials: Trials, fitting: Fitting) -> str:
    """Another word whenever the page has something else to say."""
    trial = trials.found(fitting.meter)
    return f"{trial.stage if trial else 'none'} {'goes on' if trials.under_way(fitting.meter) else 'over'}"


async def _fitting(request: web.Request) -> Fitting:
    port = await asked_port(request)
    fitting = await request.app[STORE].run(fittings.at_port, port)
    if fitting is None:
        raise web.HTTPSeeOther(f"/setup/head?port={quote(port, safe='')}")
    return fitting
