"""The overview of the set-up: time and network, the registration, the probes, and how far each of them is."""

import asyncio
from urllib.parse import quote

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.web.frame.page import page
from edge_app.web.keys import CLOCK
from edge_app.web.setup.bench import BENCH, probes, registration


async def show(request: web.Request) -> web.Response:
    """What is done and what is next; the visit at a probe ends here."""
    bench = request.app[BENCH]
    await bench.fitter.leave()
    expected = await registration(request)
    found = await probes(request)
    fitted = {str(each.fitting.meter) for each in found if each.fitting}
    problem = request.query.get("problem")
    return page(
        request,
        "setup/overview.html",
        cloud=str(bench.address),
        believed=bool(bench.laboratory.synchrony),
        now=request.app[CLOCK].now(),
        reached=await _reached(request),
        expected=expected,
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


async def _reached(request: web.Request) -> str | None:
    """Why the cloud does not answer; None where it does."""
    try:
        async with asyncio.timeout(5):
            await request.app[BENCH].laboratory.cloud.consent()
    except (CloudError, TimeoutError) as error:
        return str(error) or "timeout"
    return None
