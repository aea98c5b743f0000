"""/management/household: what researchers register and see."""

from uuid import UUID

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.checks import check_household
from cloud_api.errors import MissingError
from cloud_api.keys import CLOCK, DATABASE
from cloud_api.store import households
from cloud_api.store.registering import register


async def add(request: web.Request) -> web.Response:
    """Register a household."""
    draft = await take(request, wire.HouseholdDraft)
    check_household(draft)
    async with request.app[DATABASE].write() as database:
        uuid = await register(database, draft, at=request.app[CLOCK].now())
        household = await households.whole(database, uuid)
    return answer(household, status=201)


async def show(request: web.Request) -> web.Response:
    """One household."""
    try:
        uuid = UUID(request.match_info["uuid"])
    except ValueError as error:
        raise MissingError("there is no such household") from error
    async with request.app[DATABASE].read() as database:
        return answer(await households.whole(database, uuid))


async def show_all(request: web.Request) -> web.Response:
    """All households, page by page."""
    wanted = query(request, wire.HouseholdQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await households.page(database, limit=wanted.limit, cursor=wanted.cursor))
