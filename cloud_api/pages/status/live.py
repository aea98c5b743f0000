"""Changes as they happen: a stream of events that says when the list is no longer what the browser shows."""

import asyncio
import hashlib

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import HEADERS, asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.status.devices import PATH, filters

LOOK_EVERY = 5.0
"""Seconds."""
LONGEST = 25.0
"""Seconds until a stream ends, so that no request lasts; the browser asks again by itself."""
AGAIN = 2000
"""Milliseconds until then."""


async def show(request: web.Request) -> web.StreamResponse:
    """Events with what tells one state of the list from another; the page is asked for by whoever hears a new one."""
    wanted, seen = filters(request), request.headers.get("Last-Event-ID", "")
    answer = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await answer.prepare(request)
    await answer.write(f"retry: {AGAIN}\n\n".encode())
    for _ in range(int(LONGEST / LOOK_EVERY)):
        try:
            found = await request.app[DATA_API].get(asker(request), PATH, wire.DevicesInQuestion, wanted)
        except RefusedError:
            break
        state = fingerprint(found)
        if state != seen:
            await answer.write(f"id: {state}\nevent: state\ndata: {state}\n\n".encode())
        seen = state
        await asyncio.sleep(LOOK_EVERY)
    await answer.write_eof()
    return answer


def fingerprint(found: wire.DevicesInQuestion) -> str:
    """What tells one state of the list from another; the moment at which it was asked for does not."""
    told = msgspec.json.encode((found.totals, found.devices, found.next))
    return hashlib.sha256(told).hexdigest()[:16]
