"""Live values: server-sent events that carry the texts of a page whenever one of them has changed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from edge_app.web.keys import COOKIE, SESSIONS, STOPPING

EVERY = 1.0
"""Seconds between looks."""
ALIVE = 15
"""Looks after which something is sent though nothing has changed, so that a browser that has gone is noticed."""


async def stream(request: web.Request, look: Callable[[], Awaitable[Mapping[str, str]]]) -> web.StreamResponse:
    """Send what `look` says, by the names that elements have in `data-live`, until the session or the service ends."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    stopping, cookie = request.app[STOPPING], request.cookies.get(COOKIE)
    before: Mapping[str, str] = {}
    unchanged = 0
    while request.app[SESSIONS].find(cookie, use=False) and not stopping.is_set():
        now = await look()
        changed = {name: text for name, text in now.items() if before.get(name) != text}
        unchanged = 0 if changed else unchanged + 1
        try:
            if changed:
                await response.write(f"data: {json.dumps(changed)}\n\n".encode())
            elif unchanged % ALIVE == 0:
                await response.write(b": alive\n\n")
        except ConnectionError:
            break
        before = now
        try:
            async with asyncio.timeout(EVERY):
                await stopping.wait()
        except TimeoutError:
            continue
    return response
