"""The page of the questionnaire, for a new household or a registered one: its steps, and a look at the place."""

from collections.abc import Mapping

from aiohttp import web

from cloud_api import wire
from cloud_api.keys import CLOCK
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration import questionnaire
from cloud_api.pages.registration.drawing import Drawing, draw
from cloud_api.pages.registration.questionnaire import Form
from cloud_api.pages.render import page
from cloud_api.pages.words import ZONE
from cloud_api.wire.meter_models import KNOWN

TEMPLATE = "registration/questionnaire.html"
UNPROCESSABLE = 422
REFUSALS = (409, UNPROCESSABLE)


async def asked(request: web.Request) -> tuple[dict[str, str], str]:
    """The answers that were sent, and the step that is to be done with them: the button that was pressed."""
    form = {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}
    return form, form.pop("step", "look")


def with_rows(form: Form, step: str) -> tuple[dict[str, str], str] | None:
    """The answers with a row more or less, and the place that is looked at then; None where it is another step."""
    word, _, rest = step.partition(":")
    section, _, place = rest.partition(":")
    if word == "add":
        return questionnaire.added(form, section), f"{section}.last"
    if word == "remove" and place.isdigit():
        return questionnaire.removed(form, section, int(place)), section
    return None


async def look(
    request: web.Request, form: Form, draft: wire.HouseholdDraft, household: wire.Household | None = None
) -> web.Response:
    """The questionnaire beside a map of the place that it tells of."""
    path = "/management/household/check"
    try:
        check = await request.app[DATA_API].send(asker(request), "POST", path, wire.HouseholdCheck, draft)
    except RefusedError as refused:
        return refusal(request, form, refused, household)
    return answer(request, form, household, check=check, drawing=await _drawing(request, check))


def refusal(
    request: web.Request, form: Form, refused: RefusedError, household: wire.Household | None = None
) -> web.Response:
    """What the Data API finds wrong, beside its fields. Raises the refusal where it is of another kind."""
    if refused.status not in REFUSALS:
        raise refused
    return answer(request, form, household, faults=questionnaire.beside(refused.faults) or {"": refused.detail})


def answer(
    request: web.Request,
    form: Form,
    household: wire.Household | None = None,
    *,
    faults: Mapping[str, str] | None = None,
    check: wire.HouseholdCheck | None = None,
    drawing: Drawing | None = None,
    focus: str = "",
) -> web.Response:
    return page(
        request,
        TEMPLATE,
        status=UNPROCESSABLE if faults else 200,
        form=form,
        household=household,
        faults=faults or {},
        counts={section: questionnaire.count(form, section) for section in questionnaire.ROWS},
        expected=questionnaire.EXPECTED,
        models=sorted(KNOWN),
        today=request.app[CLOCK].now().astimezone(ZONE).date().isoformat(),
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
