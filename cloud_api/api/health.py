"""/healthz and /readyz: whether the service answers, and whether it could do its work now."""

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.keys import DATABASE
from cloud_api.store.schema import participant


async def alive(_request: web.Request) -> web.Response:
    return answer(wire.Health(status="ok"))


async def ready(request: web.Request) -> web.Response:
    try:
        async with request.app[DATABASE].read() as database:
            await database.execute(select(participant.c.uuid).limit(1))
    except SQLAlchemyError:
        return answer(wire.Health(status="unavailable"), status=503)
    return answer(wire.Health(status="ok"))
