"""The slip: what was set up, to print or to photograph, with a code that leads to the device's pages."""

from io import BytesIO

import segno
from aiohttp import web
from markupsafe import Markup
from yarl import URL

from edge_app.store import fittings
from edge_app.web.announcement import NAME
from edge_app.web.frame.page import page
from edge_app.web.keys import CLOCK, STORE
from edge_app.web.setup.bench import registration


async def show(request: web.Request) -> web.Response:
    expected = await registration(request)
    address = str(URL.build(scheme=request.scheme, host=f"{NAME}.local", port=request.url.port))
    return page(
        request,
        "setup/slip.html",
        fitted=await request.app[STORE].run(fittings.all_of_them),
        names={each.uuid: each for each in expected.meters},
        now=request.app[CLOCK].now(),
        address=address,
        code=_drawn(address),
    )


def _drawn(text: str) -> Markup:
    """A QR code as SVG, dark on light in either theme, for cameras want it so."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, scale=5, light="#fff", border=3)
    return Markup(out.getvalue().decode())  # noqa: S704  # made here of a name and a port
