"""/healthz and /readyz: whether the service answers, and whether it could do its work now."""

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.errors import UnavailableError
from cloud_api.keys import DATABASE
from cloud_api.store.schema import participant


async def alive(_request: web.Request) -> web.Response:
    """Whether the service answers."""
    return answer(wire.Health(status="ok"))


async def ready(request: web.Request) -> web.Response:
    """Whether the service could do its work now."""
    try:
        async with request.app[DATABASE].read() as database:
            await database.execute(select(participant.c.uuid).limit(1))
    except (SQLAlchemyError, OSError) as error:
        raise UnavailableError("the database does not answer") from error
    return answer(wire.Health(status="ok"))
