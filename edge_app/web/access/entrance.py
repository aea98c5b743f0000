"""The entrance: a code lets somebody in, the log-out ends their session."""

import math

from aiohttp import web

from edge_app.web.access.codes import Role
from edge_app.web.frame.page import page
from edge_app.web.keys import ATTEMPTS, CODES, COOKIE, SESSIONS

HOME = {Role.PARTICIPANT: "/", Role.INSTALLER: "/setup"}


async def show(request: web.Request) -> web.Response:
    return _entrance(request, local(request.query.get("next", "/")))


async def enter(request: web.Request) -> web.Response:
    """Let somebody in whose code is right, to the page that they had asked for."""
    attempts, address = request.app[ATTEMPTS], request.remote or ""
    form = await request.post()
    wanted = local(str(form.get("next", "")))
    if attempts.wait(address):
        return _entrance(request, wanted, status=429)
    # Counted before it is known to be wrong: of many tries at the same time none may be free.
    attempts.failed(address)
    role = await request.app[CODES].role_of(str(form.get("code", ""))[:64])
    if role is None:
        return _entrance(request, wanted, wrong=True, status=429 if attempts.wait(address) else 403)
    attempts.entered(address)
    cookie, _ = request.app[SESSIONS].begin(role)
    for_installers = wanted.startswith("/setup")
    answer = web.HTTPSeeOther(wanted if for_installers is (role is Role.INSTALLER) else HOME[role])
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="Strict", secure=request.secure)
    raise answer


async def leave(request: web.Request) -> web.Response:
    """End the session here, whatever the browser keeps."""
    request.app[SESSIONS].end(request.cookies.get(COOKIE))
    answer = web.HTTPSeeOther("/enter")
    answer.del_cookie(COOKIE)
    raise answer


def local(path: str) -> str:
    """A page of this device; the start page for an address that leads elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def _entrance(request: web.Request, back: str, *, wrong: bool = False, status: int = 200) -> web.Response:
    minutes = math.ceil(request.app[ATTEMPTS].wait(request.remote or "") / 60)
    return page(request, "enter.html", status=status, wrong=wrong, minutes=minutes, back=back)
