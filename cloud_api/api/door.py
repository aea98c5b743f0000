"""The door of every request: how long it may take, who is asking, and how a refusal is told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import unquote
from uuid import uuid4

from aiohttp import web

from cloud_api.access.caller import Standing, admit, name_of
from cloud_api.access.limits import Kind
from cloud_api.access.names import fit_for_audit
from cloud_api.access.shared_secrets import Group
from cloud_api.api.body import problem_answer
from cloud_api.errors import (
    CredentialError,
    ForbiddenError,
    InternalError,
    MethodError,
    MissingError,
    OftenError,
    Problem,
    SlowError,
)
from cloud_api.keys import (
    ACTIVITY,
    CALLER,
    CLOCK,
    DATABASE,
    FAILED,
    LIMITS,
    PACE,
    PROXIES,
    REFUSALS,
    REGISTRY,
    SECRETS,
    WHO,
)
from cloud_api.logs import ROUTE
from cloud_api.pki.identity import Identity, identity_of
from cloud_api.pki.scopes import Scope
from cloud_api.store import devices
from cloud_api.store.activity import STATE, UPDATE
from cloud_api.store.refusals import UNKNOWN

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST = 30.0
"""Seconds that a request may take, its body included."""
CERTIFICATE, BEARER = "Certificate", "Bearer"
PERSON = "Zaehlwerk-Person"
"""The header by which a frontend says under which name somebody logged in, percent-encoded."""
WANTED, DIAGNOSTICS = "Zaehlwerk-Wanted", "diagnostics"
"""The header by which an answer asks a device for something, and what that is."""
logger = logging.getLogger(__name__)


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever ends a request early into a problem document."""
    resource = request.match_info.route.resource
    if resource:
        request[ROUTE] = resource.canonical
    try:
        async with asyncio.timeout(LONGEST):
            return await handler(request)
    except Problem as problem:
        logger.debug("refused: %s", problem.code)
        return problem_answer(problem, _headers(problem))
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return problem_answer(MethodError(f"this resource has {allowed}"), {"Allow": allowed})
    except web.HTTPNotFound:
        return problem_answer(MissingError("there is nothing at this path"))
    except TimeoutError:
        return problem_answer(SlowError(f"a request may take {LONGEST:.0f} seconds"), {"Connection": "close"})
    except Exception:
        number = uuid4()
        logger.exception("a request failed, number %s", number)
        return problem_answer(InternalError(f"the log knows more under {number}"))


def device_only(
    needed: Scope | Standing, handler: Handler, limit: Kind | None = None, *, sign_of_life: bool = True
) -> Handler:
    """Let in whom certificate, consent and registry allow what is needed, and say to the handler who it is.

    That it was here is noted as a sign of life, with what it says of itself; that it was refused, too.
    """

    async def admitted(request: web.Request) -> web.StreamResponse:
        now = request.app[CLOCK].now()
        who = UNKNOWN
        try:
            identity = _identity(request, now)
            who = str(identity.device)
            registration = await request.app[REGISTRY].find(identity.device, identity.serial)
            if registration is None:
                _count_failed(request, now)
            caller = request[CALLER] = admit(identity, registration, needed)
        except (CredentialError, ForbiddenError) as problem:
            request.app[REFUSALS].note(who, problem.code, at=now)
            raise
        request[WHO] = name_of(identity)
        if registration and registration.new:
            async with request.app[DATABASE].write() as database:
                await devices.succeed(database, identity.serial, at=now)
        if sign_of_life:
            agent, state, update = (request.headers.get(name, "") for name in ("User-Agent", STATE, UPDATE))
            request.app[ACTIVITY].note(caller.device, agent, at=now, state=state, update=update)
        if limit:
            request.app[LIMITS][limit].take(caller.device, at=now)
        answer = await handler(request)
        if registration and registration.diagnostics_wanted:
            answer.headers[WANTED] = DIAGNOSTICS
        return answer

    return admitted


def group_only(group: Group, handler: Handler) -> Handler:
    """Let in whoever has the secret of this group."""

    async def admitted(request: web.Request) -> web.StreamResponse:
        now, address = request.app[CLOCK].now(), request.app[PROXIES].address(request)
        request.app[PACE].check(address, at=now)
        request.app[PACE].count(address, at=now)
        try:
            found = _group(request, address, now)
        except CredentialError as problem:
            request.app[REFUSALS].note(UNKNOWN, problem.code, at=now)
            raise
        if found is not group:
            request.app[REFUSALS].note(found.value, ForbiddenError.code, at=now)
            raise ForbiddenError(f"this is for the group `{group}`")
        request[WHO] = called(group, request.headers.get(PERSON, ""))
        return await handler(request)

    return admitted


def called(group: Group, person: str) -> str:
    """Somebody of a group in the audit log; a name that is none, or an e-mail address, is left out."""
    name = " ".join(unquote(person).split())
    return f"{group.value} {name}" if fit_for_audit(name) else group.value


def _identity(request: web.Request, now: datetime) -> Identity:
    """Who holds the certificate of this request. Raises CredentialError or ForbiddenError where it is none, or old."""
    der = request.app[PROXIES].certificate(request)
    if not der:
        raise CredentialError("a client certificate is needed", challenge=CERTIFICATE)
    try:
        identity = identity_of(der)
    except ValueError as error:
        raise ForbiddenError("the certificate is none of a device") from error
    if identity.not_after <= now:
        raise CredentialError("the client certificate has expired", challenge=CERTIFICATE)
    if identity.not_before > now:
        raise CredentialError("the client certificate is none yet", challenge=CERTIFICATE)
    return identity


def _group(request: web.Request, address: str, now: datetime) -> Group:
    """Whose secret came along. An address that failed too often has to wait even with the right one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not token.strip():
        raise CredentialError("a shared secret is needed, as a bearer token", challenge=BEARER)
    request.app[FAILED].check(address, at=now)
    found = request.app[SECRETS].group(token.strip()) if scheme.lower() == BEARER.lower() else None
    if found is None:
        request.app[FAILED].count(address, at=now)
        raise CredentialError("the shared secret is none, or none any more", challenge=BEARER)
    return found


def _count_failed(request: web.Request, now: datetime) -> None:
    """Raises OftenError where an address comes too often with certificates that nobody has recorded."""
    address = request.app[PROXIES].address(request)
    request.app[FAILED].check(address, at=now)
    request.app[FAILED].count(address, at=now)


def _headers(problem: Problem) -> dict[str, str] | None:
    if isinstance(problem, OftenError):
        return {"Retry-After": str(problem.wait)}
    return {"WWW-Authenticate": problem.challenge} if isinstance(problem, CredentialError) else None
