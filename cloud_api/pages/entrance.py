"""Logging in by the group's shared secret, logging out, and choosing a language."""

from aiohttp import web

from cloud_api.access.names import fit_for_audit
from cloud_api.keys import CLOCK
from cloud_api.pages.data_api import AWAY, Asker, RefusedError
from cloud_api.pages.gate import fields_of, form_of
from cloud_api.pages.keys import ADDRESS, DATA_API, FRONTEND, OTHERS, SESSION, SESSIONS, TRIES, WORDS
from cloud_api.pages.render import page
from cloud_api.pages.words import LANGUAGE_COOKIE, LANGUAGES

UNPROCESSABLE = 422
YEAR = 365 * 24 * 3600


async def show(request: web.Request) -> web.StreamResponse:
    return _login(request, to=_local(request, request.query.get("to", "")))


async def log_in(request: web.Request) -> web.StreamResponse:
    """Exchange the secret for a session. The browser's word on where the form comes from was looked at before."""
    form = await fields_of(request)
    secret, to = str(form.get("secret", "")).strip(), _local(request, str(form.get("to", "")))
    name = " ".join(str(form.get("name", "")).split())
    now, address = request.app[CLOCK].now(), request[ADDRESS]
    request.app[TRIES].check(address, at=now)
    mistake, status = await _mistake(request, Asker(secret=secret, address=address, name=name))
    if mistake:
        if status not in {AWAY, UNPROCESSABLE}:
            request.app[TRIES].count(address, at=now)
        return _login(request, to=to, mistake=mistake, name=name, status=status)
    session = request.app[SESSIONS].begin(secret, name)
    answer = web.Response(status=303, headers={"Location": to})
    answer.set_cookie(
        request.app[FRONTEND].cookie, session.token, secure=True, httponly=True, samesite="Strict", path="/"
    )
    return answer


def _login(request: web.Request, *, to: str, mistake: str = "", name: str = "", status: int = 200) -> web.Response:
    others = request.app[OTHERS]
    return page(request, "login.html", to=to, mistake=mistake, name=name, others=others, status=status)


async def log_out(request: web.Request) -> web.StreamResponse:
    await form_of(request)
    request.app[SESSIONS].end(request[SESSION])
    answer = web.Response(status=303, headers={"Location": f"{request.app[FRONTEND].path}/login"})
    answer.del_cookie(request.app[FRONTEND].cookie, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


async def choose_language(request: web.Request) -> web.StreamResponse:
    language = request.match_info["language"]
    if language not in LANGUAGES:
        raise web.HTTPNotFound
    answer = web.Response(status=303, headers={"Location": _local(request, request.query.get("to", ""))})
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


async def _mistake(request: web.Request, asker: Asker) -> tuple[str, int]:
    """What is wrong with a log-in, in words, and the status that says so; no words where nothing is."""
    say = request[WORDS].say
    if not fit_for_audit(asker.name):
        return say("Please give your name, and not your e-mail address."), UNPROCESSABLE
    if not (asker.secret.isascii() and asker.secret.isprintable() and asker.secret):
        return say("This secret is not one of ours."), 401
    try:
        await request.app[DATA_API].knock(asker, request.app[FRONTEND].door)
    except RefusedError as refused:
        if refused.status == web.HTTPUnauthorized.status_code:
            return say("This secret is not one of ours."), 401
        if refused.status == web.HTTPForbidden.status_code:
            return say("This secret belongs to another group."), 403
        if refused.status == web.HTTPTooManyRequests.status_code:
            return say("Too many attempts. Please wait a minute."), 429
        return say("The Data API cannot be reached. Please try again in a moment."), AWAY
    return "", 200


def _local(request: web.Request, path: str) -> str:
    """A path of this frontend; its first page in place of any other."""
    home = request.app[FRONTEND].path
    fits = path == home or path.startswith((f"{home}/", f"{home}?"))
    return path if fits and path.isprintable() and "\\" not in path and "//" not in path.partition("?")[0] else home
