"""Registering one household by the questionnaire: rows added and removed, a look at the place, and at last the step."""

from aiohttp import web

from cloud_api import wire
from cloud_api.keys import CLOCK
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration import questionnaire, questions


async def show(request: web.Request) -> web.StreamResponse:
    """An empty questionnaire."""
    return questions.answer(request, questionnaire.FIRST)


async def take(request: web.Request) -> web.StreamResponse:
    """One step with the questionnaire."""
    form, step = await questions.asked(request)
    if rows := questions.with_rows(form, step):
        return questions.answer(request, rows[0], focus=rows[1])
    found = questionnaire.read(form, request.app[CLOCK].now().date())
    if found.draft is None:
        return questions.answer(request, form, faults=found.faults)
    if step != "register":
        return await questions.look(request, form, found.draft)
    try:
        path = "/management/household"
        household = await request.app[DATA_API].send(asker(request), "POST", path, wire.Household, found.draft)
    except RefusedError as refused:
        return questions.refusal(request, form, refused)
    raise web.HTTPSeeOther(f"/registration/household/{household.uuid}?registered=1")
