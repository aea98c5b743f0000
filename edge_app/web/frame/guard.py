"""The gate before every request: the home network is not a friend, and a browser in it runs pages from elsewhere."""

import hmac
import ipaddress
import socket
from urllib.parse import quote

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from yarl import URL

from edge_app.web.access.codes import Role
from edge_app.web.access.sessions import Session
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import CODES, COOKIE, FRESH, LIVE, NAMES, READER, SESSION, SESSIONS

SAFE = frozenset({"GET", "HEAD"})
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; "
    "base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OPEN = ("/static/", "/enter", "/language")
"""What is answered before a code: nothing there tells of the household."""
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
FORM_TOKEN = "form_token"  # noqa: S105  # the name of a field


def names_of_this_device(*more: str) -> frozenset[str]:
    """The names under which the pages may be asked for, beside plain addresses."""
    host = socket.gethostname().lower()
    return frozenset({"localhost", host, f"{host}.local", *(name.lower() for name in more)})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what did not come from a page of ours, and let nobody see a page who has not entered."""
    host = _host(request)
    if host is None or not (_is_address(host) or host in request.app[NAMES]):
        raise web.HTTPMisdirectedRequest(text="This device does not answer to that name.")
    changes = request.method not in SAFE
    if changes and not _from_our_own_page(request):
        raise web.HTTPForbidden(text="This request did not come from a page of this device.")
    if changes and request.content_type not in FORMS and request.can_read_body:
        raise web.HTTPUnsupportedMediaType(text="This device takes forms alone.")
    request[READER] = Reader.of(request)
    session = _session(request)
    if session is not None:
        request[SESSION] = session
    if not request.path.startswith(OPEN):
        await _admit(request, session, changes=changes)
    return await handler(request)


async def mark(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser, with every answer, to load nothing from elsewhere and to keep no page."""
    response.headers.update(HEADERS)
    kept = "max-age=31536000, immutable" if request.query_string else "no-cache"
    response.headers.setdefault(hdrs.CACHE_CONTROL, kept if request.path.startswith("/static/") else "no-store")
    if FRESH in request:
        response.set_cookie(COOKIE, request[FRESH], httponly=True, samesite="Strict", secure=request.secure)
        # The cookies have been turned into headers by now.
        response.headers.add(hdrs.SET_COOKIE, response.cookies[COOKIE].OutputString())


async def _admit(request: web.Request, session: Session | None, *, changes: bool) -> None:
    for_installers = request.path == "/setup" or request.path.startswith("/setup/")
    wanted = frozenset(Role) if request.path == "/leave" else {Role.INSTALLER if for_installers else Role.PARTICIPANT}
    if session is None or not wanted & session.roles:
        if not request.app[CODES]:
            raise web.HTTPForbidden(text="This device has no access codes yet; its pages open on the device alone.")
        if changes or request.path == LIVE:
            raise web.HTTPUnauthorized(text="Please enter the access code first.")
        raise web.HTTPSeeOther(f"/enter?next={quote(request.path_qs)}")
    if changes:
        sent = str((await request.post()).get(FORM_TOKEN, ""))
        if not hmac.compare_digest(sent.encode(), session.form_token.encode()):
            raise web.HTTPForbidden(text="This form is too old. Please go back, load the page again, and try again.")


def _session(request: web.Request) -> Session | None:
    """Whoever has entered; where no codes are set, whoever asks from this machine itself."""
    sessions = request.app[SESSIONS]
    session = sessions.find(request.cookies.get(COOKIE), use=request.path != LIVE)
    if session is None and not request.app[CODES] and _is_loopback(request.remote):
        request[FRESH], session = sessions.begin(*Role)
    return session


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


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False


def _from_our_own_page(request: web.Request) -> bool:
    """Whether `Origin`, or over HTTPS `Sec-Fetch-Site`, says that the sending page is ours; silence does not."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin == f"{request.scheme}://{request.headers.get('Host', '')}"
    return site is not None
