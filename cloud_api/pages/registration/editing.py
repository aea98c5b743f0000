"""Correcting a household that is registered, and everything under it, by the same questionnaire and its checks."""

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.keys import CLOCK
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration import questionnaire, questions
from cloud_api.pages.registration.filling import filled, fingerprint, patch
from cloud_api.pages.registration.identity import uuid_in

OTHERWISE = "Somebody changed this household meanwhile. Your answers stand below; whoever saves now replaces theirs."
HELD = "Measurements, incidents or certificates hang on one that was removed: it has to stay."


async def show(request: web.Request) -> web.StreamResponse:
    """The questionnaire as it is answered now."""
    household = await _household(request)
    return questions.answer(request, filled(household), household)


async def take(request: web.Request) -> web.StreamResponse:
    """One step with the answers; at last what they change is put into the household."""
    household = await _household(request)
    form, step = await questions.asked(request)
    if rows := questions.with_rows(form, step):
        return questions.answer(request, rows[0], household, focus=rows[1])
    found = questionnaire.read(form, request.app[CLOCK].now().date())
    if found.draft is None:
        return questions.answer(request, form, household, faults=found.faults)
    if step != "save":
        return await questions.look(request, form, _anybody(found.draft), household)
    seen = fingerprint(household)
    if form.get("seen") != seen:
        return questions.answer(request, {**form, "seen": seen}, household, faults={"": OTHERWISE})
    changes = patch(household, form, found.draft)
    path = f"/management/household/{household.uuid}"
    if changes:
        try:
            await request.app[DATA_API].send(asker(request), "PATCH", path, wire.Household, changes)
        except RefusedError as refused:
            held = {fault.pointer[1:]: HELD for fault in refused.faults if fault.pointer[1:] in questionnaire.ROWS}
            if held and refused.status == web.HTTPConflict.status_code:
                return questions.answer(request, form, household, faults=held)
            return questions.refusal(request, form, refused, household)
    raise web.HTTPSeeOther(f"/registration/household/{household.uuid}?changed={int(changes is not None)}")


async def _household(request: web.Request) -> wire.Household:
    """Raises HTTPSeeOther to its page where it is anonymised, and stays as it is."""
    uuid = uuid_in(request, "uuid")
    household = await request.app[DATA_API].get(asker(request), f"/management/household/{uuid}", wire.Household)
    if household.participant is None or household.address is None:
        raise web.HTTPSeeOther(f"/registration/household/{uuid}")
    return household


def _anybody(draft: wire.HouseholdDraft) -> wire.HouseholdDraft:
    """The same place, of nobody: a look at it is none at whose e-mail address it is."""
    return msgspec.structs.replace(draft, participant=wire.ParticipantDraft(name="-", email="nobody@example.invalid"))
