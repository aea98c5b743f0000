"""The gate before every page: which host was asked, where a form comes from, and who is logged in."""

import asyncio
import hmac
import ipaddress
import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

from aiohttp import web
from yarl import URL

from cloud_api.errors import OftenError
from cloud_api.keys import CLOCK, PROXIES
from cloud_api.logs import ROUTE
from cloud_api.pages.data_api import Asker, RefusedError
from cloud_api.pages.keys import ADDRESS, FRONTEND, NAMES, PAGES, SESSION, SESSIONS, WORDS
from cloud_api.pages.render import page
from cloud_api.pages.words import words

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SAFE = frozenset({"GET", "HEAD"})
OPEN = ("/login", "/language/", "/static/")
"""Paths of a frontend that everybody may ask for."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a form, such as one that brings a workbook."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LOOPBACK = "localhost"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
logger = logging.getLogger(__name__)


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request in, and turn whatever ends it early into a page."""
    request = request.clone(client_max_size=LARGEST)
    resource = request.match_info.route.resource
    if resource:
        request[ROUTE] = resource.canonical
    request[WORDS] = words(request)
    try:
        answer = await _admit(request, handler)
    except web.HTTPMove as elsewhere:
        answer = web.Response(status=elsewhere.status, headers={"Location": str(elsewhere.location)})
        answer.cookies.update(elsewhere.cookies)
    except web.HTTPException as refusal:
        answer = _problem(request, refusal.status)
    except OftenError as often:
        answer = _problem(request, often.status)
        answer.headers["Retry-After"] = str(often.wait)
    except RefusedError as refused:
        answer = _told(request, refused)
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        number = uuid4()
        logger.exception("a page failed, number %s", number)
        answer = _problem(request, 500, number=str(number))
    if not answer.prepared:
        answer.headers.update(HEADERS)
    return answer


async def fields_of(request: web.Request) -> dict[str, str | bytes]:
    """The fields of a form; of a file, its content. Raises HTTPUnsupportedMediaType for what is no form."""
    if request.content_type not in FORMS:
        raise web.HTTPUnsupportedMediaType
    found: dict[str, str | bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                found[name] = file.read()
        elif isinstance(value, str):
            found[name] = value
    return found


async def form_of(request: web.Request) -> dict[str, str | bytes]:
    """The fields of a form that this session was given. Raises HTTPForbidden for another."""
    fields = await fields_of(request)
    given = fields.pop("csrf", "")
    if not (isinstance(given, str) and hmac.compare_digest(given.encode(), request[SESSION].csrf.encode())):
        raise web.HTTPForbidden
    return fields


def asker(request: web.Request) -> Asker:
    """On whose behalf the Data API is asked."""
    content = request[SESSION].content
    return Asker(secret=content.secret, address=request[ADDRESS], name=content.name)


async def _admit(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not _asked_by_name(request):
        raise web.HTTPMisdirectedRequest
    if request.method not in SAFE and not from_our_own_page(request):
        raise web.HTTPForbidden
    now = request.app[CLOCK].now()
    request[ADDRESS] = request.app[PROXIES].address(request)
    frontend = request.app[FRONTEND]
    below = request.path.removeprefix(frontend.path)
    if not below.startswith("/static/"):
        request.app[PAGES].check(request[ADDRESS], at=now)
        request.app[PAGES].count(request[ADDRESS], at=now)
    session = request.app[SESSIONS].find(request.cookies.get(frontend.cookie, ""))
    if session:
        request[SESSION] = session
    elif not below.startswith(OPEN):
        raise web.HTTPSeeOther(URL(f"{frontend.path}/login").with_query(to=_where_to(request)))
    return await handler(request)


def _where_to(request: web.Request) -> str:
    return request.path_qs if request.method == "GET" else request.app[FRONTEND].path


def _asked_by_name(request: web.Request) -> bool:
    """Whether a name of ours was asked for: rebinding a foreign one to our address does not change it."""
    try:
        host = URL.build(scheme="https", authority=request.headers.get("Host", "")).host or ""
    except ValueError:
        return False
    return host in request.app[NAMES] or host == LOOPBACK or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def from_our_own_page(request: web.Request) -> bool:
    """Whether the browser says that the sending page is ours; silence does not."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin == f"https://{request.headers.get('Host', '')}"
    return site is not None


def _told(request: web.Request, refused: RefusedError) -> web.StreamResponse:
    """What the Data API refused. A secret that is none any more ends the session."""
    if refused.status == web.HTTPUnauthorized.status_code and SESSION in request:
        request.app[SESSIONS].end(request[SESSION])
        login = URL(f"{request.app[FRONTEND].path}/login").with_query(to=_where_to(request))
        return web.Response(status=303, headers={"Location": str(login)})
    return _problem(request, refused.status)


def _problem(request: web.Request, status: int, *, number: str = "") -> web.Response:
    return page(request, "problem.html", status=status, code=status, number=number)
