"""The test: a measurement that goes to the cloud and comes back, or the step at which that ends, and what to do."""

from urllib.parse import quote

from aiohttp import web

from edge_app.setup.trial import Stage
from edge_app.store import fittings
from edge_app.web.frame.page import page
from edge_app.web.keys import STORE
from edge_app.web.setup.bench import BENCH
from edge_app.web.setup.head import asked_port


async def show(request: web.Request) -> web.Response:
    """Try it; the probe is given back to its post before, which then measures."""
    port, bench = await asked_port(request), request.app[BENCH]
    fitting = await request.app[STORE].run(fittings.at_port, port)
    if fitting is None:
        raise web.HTTPSeeOther(f"/setup/head?port={quote(port, safe='')}")
    await bench.fitter.leave()
    trial = await bench.laboratory.try_out(fitting.meter)
    return page(
        request,
        "setup/trial.html",
        fitting=fitting,
        quoted=quote(port, safe=""),
        trial=trial,
        waits=trial.stage in (Stage.WAITING, Stage.CLOCK),
    )
