"""The gate before every request: the home network is not a friend, and a browser in it runs pages from elsewhere."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

from edge_app.web.keys import NAMES

SAFE = frozenset({"GET", "HEAD"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def names_of_this_device(*more: str) -> frozenset[str]:
    """The names under which the pages may be asked for, beside plain addresses."""
    host = socket.gethostname().lower()
    return frozenset({"localhost", host, f"{host}.local", *(name.lower() for name in more)})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what did not come from a page of ours; mark every answer for the browser."""
    host = _host(request)
    if host is None or not (_is_address(host) or host in request.app[NAMES]):
        raise web.HTTPMisdirectedRequest(text="This device does not answer to that name.", headers=HEADERS)
    if request.method not in SAFE and not _from_our_own_page(request):
        raise web.HTTPForbidden(text="This request did not come from a page of this device.", headers=HEADERS)
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


def _host(request: web.Request) -> str | None:
    """The name that was asked for: rebinding a foreign one to our address does not change it."""
    try:
        return URL.build(scheme="http", authority=request.headers.get("Host", "")).host
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _from_our_own_page(request: web.Request) -> bool:
    """Whether `Origin`, or over HTTPS `Sec-Fetch-Site`, says that the sending page is ours; silence does not."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin == f"{request.scheme}://{request.headers.get('Host', '')}"
    return site is not None
