"""/management/household: what researchers register and see."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.auditing import enter
from cloud_api.api.body import JSON_TYPE, PATCH_TYPE, answer, query, take
from cloud_api.api.path import uuid_of
from cloud_api.keys import CLOCK, DATABASE, PLACER, WHO
from cloud_api.store import amending, amendments, households
from cloud_api.store.registering import register
from cloud_api.wire.checks import check_household, check_installed

MISSING = "there is no such household"


async def add(request: web.Request) -> web.Response:
    """Register a household."""
    draft = await take(request, wire.HouseholdDraft)
    check_household(draft, request.app[CLOCK].now().date())
    placed = await request.app[PLACER].place(request.app[DATABASE], draft.address, draft.location)
    async with request.app[DATABASE].write() as database:
        uuid = await register(database, draft, placed=placed, at=request.app[CLOCK].now())
        household = await households.whole(database, uuid)
        await enter(request, database, "household registered", household=uuid)
    return answer(household, status=201)


async def amend(request: web.Request) -> web.Response:
    """Correct a household and everything under it, by a JSON Merge Patch."""
    patch = await take(request, wire.HouseholdPatch, PATCH_TYPE, JSON_TYPE)
    uuid = uuid_of(request, MISSING)
    if patch.pv_systems:
        check_installed(patch.pv_systems, request.app[CLOCK].now().date())
    placed = await request.app[PLACER].moved(request.app[DATABASE], uuid, patch)
    async with request.app[DATABASE].write() as database:
        before = await households.whole(database, uuid)
        household = await amending.amend(database, uuid, patch, placed=placed)
        await amendments.note(database, before, household, who=request[WHO], at=request.app[CLOCK].now())
        await enter(request, database, "household corrected", household=uuid)
    return answer(household)


async def show(request: web.Request) -> web.Response:
    """One household."""
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].read() as database:
        return answer(await households.whole(database, uuid))


async def history(request: web.Request) -> web.Response:
    """What was changed of a household, the newest first."""
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].read() as database:
        await households.whole(database, uuid)
        return answer(wire.Amendments(amendments=await amendments.of(database, uuid)))


async def show_all(request: web.Request) -> web.Response:
    """All households, page by page."""
    wanted = query(request, wire.UuidQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await households.page(database, limit=wanted.limit, cursor=wanted.cursor))
