"""Service from afar, as the resident sees it: whether anybody may come, and when somebody came."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from edge_app.web.keys import READER, SERVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page says of it."""

    mode: str
    until: str | None
    """Until when the resident has allowed it."""
    sessions: list[str]


async def shown(request: web.Request) -> Shown | None:
    """None where this device knows of no service."""
    service = request.app.get(SERVICE)
    if service is None:
        return None
    reader = request[READER]

    def look() -> tuple[datetime | None, list[datetime]]:
        return service.until(), list(service.sessions())

    until, sessions = await asyncio.to_thread(look)
    return Shown(
        mode=service.mode,
        until=reader.moment(until) if until else None,
        sessions=[reader.moment(session) for session in sessions],
    )
