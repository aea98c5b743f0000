"""Entering in the audit log what a request does, in the transaction that does it."""

from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api.keys import CLOCK, WHO
from cloud_api.store import audit
from cloud_api.store.audit import Entry


async def enter(
    request: web.Request,
    connection: AsyncConnection,
    what: str,
    *,
    household: UUID | None = None,
    subject: UUID | None = None,
) -> None:
    at = request.app[CLOCK].now()
    await audit.add(connection, Entry(at=at, who=request[WHO], what=what, household=household, subject=subject))
