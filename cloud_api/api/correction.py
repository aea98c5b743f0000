"""/household/correction and /management/correction: what participants find wrong, and what becomes of it."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, query, take
from cloud_api.api.path import uuid_of
from cloud_api.errors import ConsentError
from cloud_api.keys import CALLER, CLOCK, DATABASE, PLACER, WHO
from cloud_api.store import amending, amendments, consents, corrections, households
from cloud_api.wire.checks import check_installed
from cloud_api.wire.correcting import check_field, patch_of

MISSING = "there is no such correction"


async def report(request: web.Request) -> web.Response:
    """Report a mistake in the registration."""
    draft = await take(request, wire.CorrectionDraft)
    household = request[CALLER].household
    async with request.app[DATABASE].write() as database:
        if (await consents.of(database, household)).state == "revoked":  # it may have been while the body came
            raise ConsentError("consent is revoked")
        check_field(draft.field, await households.whole(database, household))
        correction = await corrections.add(database, household, draft, at=request.app[CLOCK].now())
        await enter(request, database, "correction reported", household=household, subject=correction.uuid)
    return answer(correction, status=201)


async def show(request: web.Request) -> web.Response:
    """What was reported of this household, newest first, and what became of it."""
    wanted = query(request, wire.CorrectionQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await corrections.page(database, wanted, household=request[CALLER].household))


async def show_all(request: web.Request) -> web.Response:
    """What was reported of every household, newest first."""
    wanted = query(request, wire.CorrectionQuery)
    async with request.app[DATABASE].read() as database:
        return answer(await corrections.page(database, wanted, household=wanted.household))


async def apply(request: web.Request) -> web.Response:
    """Put a correction into its household, with a word for the participant."""
    form = await take(request, wire.CorrectionApplied)
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].read() as database:
        found = await corrections.one(database, uuid)
        present = await households.whole(database, found.household)
    patch = patch_of(found.field, form.value or found.value, present)
    if patch.pv_systems and found.field.endswith("/installation_date"):
        check_installed(patch.pv_systems, request.app[CLOCK].now().date())
    placed = await request.app[PLACER].moved(request.app[DATABASE], found.household, patch)
    async with request.app[DATABASE].write() as database:
        now = request.app[CLOCK].now()
        decided = await corrections.decide(database, uuid, "applied", word=form.word, at=now)
        before = await households.whole(database, found.household)
        after = await amending.amend(database, found.household, patch, placed=placed)
        await amendments.note(database, before, after, who=request[WHO], at=now)
        await enter(request, database, "correction applied", household=found.household, subject=uuid)
    return answer(decided)


async def decline(request: web.Request) -> web.Response:
    """Leave the household as it is, with a word for the participant."""
    form = await take(request, wire.CorrectionDeclined)
    uuid = uuid_of(request, MISSING)
    async with request.app[DATABASE].write() as database:
        decided = await corrections.decide(database, uuid, "declined", word=form.word, at=request.app[CLOCK].now())
        await enter(request, database, "correction declined", household=decided.household, subject=uuid)
    return answer(decided)
