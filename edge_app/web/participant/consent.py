"""Consent: the text, the one step that grants it, the one step that revokes it, and the confirmation that stays."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.model.consent import Consent, ConsentState
from edge_app.store import consents, farewells
from edge_app.web.access.again import said_again
from edge_app.web.frame.page import page
from edge_app.web.keys import DECISIONS, INQUIRIES, READER, STORE

TEXT = "household/consent/text"
TEXT_STALE = timedelta(hours=1)


async def show(request: web.Request) -> web.Response:
    return await _show(request)


async def grant(request: web.Request) -> web.Response:
    """Consent to the very text that was shown, by its version and hash."""
    form = await request.post()
    version, sha256 = str(form.get("text_version", "")), str(form.get("text_sha256", ""))
    return await _step(request, form, lambda: request.app[DECISIONS].grant(version, sha256))


async def revoke(request: web.Request) -> web.Response:
    return await _step(request, await request.post(), request.app[DECISIONS].revoke)


async def _step(
    request: web.Request, form: Mapping[str, object], step: Callable[[], Awaitable[Consent]]
) -> web.Response:
    if form.get("sure") != "yes":
        return await _show(request, problem="consent.unsure", status=422)
    if not await said_again(request, form):
        return await _show(request, problem="consent.wrong_code", status=403)
    try:
        await step()
    except CloudError:
        return await _show(request, problem="frame.failed", status=502)
    raise web.HTTPSeeOther("/consent")


async def _show(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    consent = await request.app[STORE].run(consents.current)
    text: Mapping[str, Any] | None = None
    if consent.state is not ConsentState.REVOKED:
        text = _text((await request.app[INQUIRIES].know(TEXT, stale=TEXT_STALE)).content, request[READER].language)
    return page(
        request,
        "consent.html",
        status=status,
        consent=consent,
        text=text,
        farewell=await request.app[STORE].run(farewells.written),
        problem=problem,
    )


def _text(content: Mapping[str, Any], language: str) -> Mapping[str, Any] | None:
    """The text in the reader's language, or in the one that there is."""
    texts = content.get("texts", [])
    chosen = next((text for text in texts if text["language"] == language), texts[0] if texts else None)
    return chosen and {"version": content["version"], **chosen}
