"""The door of every request: how long it may take, who is asking, and how a refusal is told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

from aiohttp import web

from cloud_api.api.body import problem_answer
from cloud_api.caller import admit
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
from cloud_api.keys import ACTIVITY, CALLER, CLOCK, DATABASE, LIMITS, SECRETS
from cloud_api.limits import Kind
from cloud_api.logs import ROUTE
from cloud_api.pki.identity import identity_of
from cloud_api.pki.scopes import Scope
from cloud_api.shared_secrets import Group
from cloud_api.store import devices

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LONGEST = 30.0
"""Seconds that a request may take, its body included."""
CERTIFICATE, BEARER = "Certificate", "Bearer"
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


def device_only(scope: Scope, handler: Handler, limit: Kind | None = None) -> Handler:
    """Let in whom certificate, consent and registry allow this scope, and say to the handler who it is.

    That it was here is noted, with what it says of itself.
    """

    async def admitted(request: web.Request) -> web.StreamResponse:
        connection = request.get_extra_info("ssl_object")
        der = connection and connection.getpeercert(binary_form=True)
        if not der:
            raise CredentialError("a client certificate is needed", challenge=CERTIFICATE)
        try:
            identity = identity_of(der)
        except ValueError as error:
            raise ForbiddenError("the certificate is none of a device") from error
        if identity.not_after <= request.app[CLOCK].now():
            raise CredentialError("the client certificate has expired", challenge=CERTIFICATE)
        async with request.app[DATABASE].read() as database:
            registration = await devices.registration(database, identity.device, identity.serial)
        caller = request[CALLER] = admit(identity, registration, scope)
        now = request.app[CLOCK].now()
        request.app[ACTIVITY].note(caller.device, request.headers.get("User-Agent", ""), at=now)
        if limit:
            request.app[LIMITS][limit].take(caller.device, at=now)
        return await handler(request)

    return admitted


def group_only(group: Group, handler: Handler) -> Handler:
    """Let in whoever has the secret of this group."""

    async def admitted(request: web.Request) -> web.StreamResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        found = request.app[SECRETS].group(token.strip()) if scheme.lower() == BEARER.lower() else None
        if found is None:
            raise CredentialError("a shared secret is needed, as a bearer token", challenge=BEARER)
        if found is not group:
            raise ForbiddenError(f"this is for the group `{group}`")
        return await handler(request)

    return admitted


def _headers(problem: Problem) -> dict[str, str] | None:
    if isinstance(problem, OftenError):
        return {"Retry-After": str(problem.wait)}
    return {"WWW-Authenticate": problem.challenge} if isinstance(problem, CredentialError) else None
