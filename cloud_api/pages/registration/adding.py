"""Registering one household by the questionnaire: rows added and removed, a look at the place, and at last the step."""

from aiohttp import web

from cloud_api import wire
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration import questionnaire
from cloud_api.pages.registration.drawing import Drawing, draw
from cloud_api.pages.render import page
from cloud_api.wire.meter_models import KNOWN

TEMPLATE = "registration/questionnaire.html"
UNPROCESSABLE = 422
REFUSALS = (409, UNPROCESSABLE)


async def show(request: web.Request) -> web.StreamResponse:
    """An empty questionnaire."""
    return _questionnaire(request, dict(questionnaire.FIRST))


async def take(request: web.Request) -> web.StreamResponse:
    """One step with the questionnaire, named by the button that was pressed."""
    fields = await form_of(request)
    form = {name: value for name, value in fields.items() if isinstance(value, str)}
    step, _, rest = form.pop("step", "look").partition(":")
    section, _, place = rest.partition(":")
    if step == "add":
        return _questionnaire(request, questionnaire.added(form, section), focus=f"{section}.last")
    if step == "remove" and place.isdigit():
        return _questionnaire(request, questionnaire.removed(form, section, int(place)), focus=section)
    found = questionnaire.read(form)
    if found.draft is None:
        return _questionnaire(request, form, faults=found.faults)
    try:
        if step == "register":
            path = "/management/household"
            household = await request.app[DATA_API].send(asker(request), "POST", path, wire.Household, found.draft)
            raise web.HTTPSeeOther(f"/registration/household/{household.uuid}?registered=1")
        path = "/management/household/check"
        check = await request.app[DATA_API].send(asker(request), "POST", path, wire.HouseholdCheck, found.draft)
    except RefusedError as refused:
        if refused.status not in REFUSALS:
            raise
        return _questionnaire(request, form, faults=questionnaire.beside(refused.faults) or {"": refused.detail})
    return _questionnaire(request, form, check=check, drawing=await _drawing(request, check))


def _questionnaire(
    request: web.Request,
    form: dict[str, str],
    *,
    faults: dict[str, str] | None = None,
    check: wire.HouseholdCheck | None = None,
    drawing: Drawing | None = None,
    focus: str = "",
) -> web.Response:
    return page(
        request,
        TEMPLATE,
        status=UNPROCESSABLE if faults else 200,
        form=form,
        faults=faults or {},
        counts={section: questionnaire.count(form, section) for section in questionnaire.ROWS},
        expected=questionnaire.EXPECTED,
        models=sorted(KNOWN),
        check=check,
        drawing=drawing,
        focus=focus,
    )


async def _drawing(request: web.Request, check: wire.HouseholdCheck) -> Drawing | None:
    """The map of a place, where it and its region are known."""
    if check.region is None or check.location is None:
        return None
    geodata = await request.app[DATA_API].get(asker(request), "/management/geodata", wire.Geodata)
    return draw(check.region, check.location, geodata)
