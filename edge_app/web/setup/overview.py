"""The overview of the set-up: time and network, the registration, the probes, and how far each of them is."""

import asyncio
from datetime import timedelta
from urllib.parse import quote

from aiohttp import web

from edge_app.model.consent import ConsentState
from edge_app.store import consents
from edge_app.web.frame.page import page
from edge_app.web.keys import CLOCK, INQUIRIES, STORE
from edge_app.web.setup.bench import BENCH, door, probes, registration

CONSENT = "household/consent"
"""What the cloud is asked to see whether it answers."""


async def show(request: web.Request) -> web.Response:
    """What is done and what is next; a visit at a probe ends here, unless a PIN is being entered."""
    bench = request.app[BENCH]
    entering = bench.fitter.visit.port.url if bench.fitter.entering and bench.fitter.visit else None
    if not entering:
        await bench.fitter.leave()
    by = request.app[INQUIRIES].soon()
    expected, cloud, house = await asyncio.gather(
        registration(request, by=by),
        request.app[INQUIRIES].know(CONSENT, stale=timedelta(0), by=by),
        door(request, by=by),
    )
    found = await probes(request)
    fitted = {str(each.fitting.meter) for each in found if each.fitting}
    problem = request.query.get("problem")
    return page(
        request,
        "setup/overview.html",
        address=str(bench.address),
        cloud=cloud,
        revoked=(await request.app[STORE].run(consents.current)).state is ConsentState.REVOKED,
        entering=entering and quote(entering, safe=""),
        believed=bool(bench.laboratory.synchrony),
        now=request.app[CLOCK].now(),
        expected=expected,
        house=house,
        probes=[(each, quote(each.port, safe="")) for each in found],
        confirmed=all(each.fitting.confirmed_at for each in found if each.fitting),
        left=[each for each in expected.meters if each.uuid not in fitted],
        problem=problem == "port",
    )


async def add(request: web.Request) -> web.Response:
    """Look at a probe whose address was typed in."""
    port = str((await request.post()).get("port", "")).strip()
    if not port.startswith(("/", "socket://", "rfc2217://")) or len(port) > 200 or not port.isprintable():
        raise web.HTTPSeeOther("/setup?problem=port")
    raise web.HTTPSeeOther(f"/setup/head?port={quote(port, safe='')}")
