"""A household's own page: what is registered, its consent, and what was reported to be wrong."""

from dataclasses import dataclass

import msgspec
from aiohttp import web

from cloud_api import wire
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration import questionnaire
from cloud_api.pages.registration.drawing import Drawing, draw
from cloud_api.pages.registration.identity import uuid_in
from cloud_api.pages.render import page

DECISIONS = {"apply": wire.CorrectionApplied, "decline": wire.CorrectionDeclined}
REFUSALS = (409, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A decision that the Data API did not take: what was answered, and why not."""

    correction: str
    word: str
    value: str
    error: RefusedError

    def why(self, field: str) -> str:
        """In words of the questionnaire, where the value is what does not fit the field."""
        if self.error.status != web.HTTPUnprocessableEntity.status_code:
            return self.error.detail
        faults = questionnaire.beside([fault for fault in self.error.faults if fault.pointer not in {"/value", ""}])
        return next(iter(faults.values()), questionnaire.EXPECTED.get(field.rpartition("/")[2], self.error.detail))


async def show(request: web.Request) -> web.StreamResponse:
    return await _show(request, request.match_info["uuid"])


async def decide(request: web.Request) -> web.StreamResponse:
    """Apply a reported mistake, or decline it, with a word for the participant."""
    fields = await form_of(request)
    household, correction = uuid_in(request, "uuid"), uuid_in(request, "correction")
    decision = str(fields.get("decision", ""))
    word, value = (" ".join(str(fields.get(name, "")).split()) for name in ("word", "value"))
    if decision not in DECISIONS:
        raise web.HTTPNotFound
    given = questionnaire.as_value(str(fields.get("field", "")).rpartition("/")[2], value)
    body = {"word": word} | ({"value": given} if decision == "apply" and value else {})
    path = f"/management/correction/{correction}/{decision}"
    try:
        await request.app[DATA_API].send(asker(request), "POST", path, wire.Correction, body)
    except RefusedError as refused:
        if refused.status not in REFUSALS:
            raise
        answered = Refused(correction=correction, word=word, value=value, error=refused)
        return await _show(request, household, refused=answered, status=refused.status)
    raise web.HTTPSeeOther(f"/registration/household/{household}#corrections")


async def _show(request: web.Request, uuid: str, *, refused: Refused | None = None, status: int = 200) -> web.Response:
    api, who, uuid = request.app[DATA_API], asker(request), uuid_in(request, "uuid")
    household = await api.get(who, f"/management/household/{uuid}", wire.Household)
    corrections = await api.get(who, "/management/correction", wire.Corrections, {"household": uuid})
    history = await api.get(who, f"/management/household/{uuid}/history", wire.Amendments)
    ledger = await api.get(who, f"/management/household/{uuid}/ledger", wire.HouseholdLedger)
    return page(
        request,
        "registration/household.html",
        household=household,
        corrections=corrections.corrections,
        amendments=history.amendments,
        completeness=ledger.completeness,
        drawing=await _drawing(request, household),
        labels=_labels(household),
        refused=refused,
        standing={each.uuid: _standing(household, each.field) for each in corrections.corrections},
        registered="registered" in request.query,
        changed=request.query.get("changed", ""),
        status=status,
    )


async def _drawing(request: web.Request, household: wire.Household) -> Drawing | None:
    if household.location is None or household.placement is None or household.placement.region is None:
        return None
    try:
        region = await request.app[DATA_API].get(
            asker(request), "/management/region", wire.Region, {"code": household.placement.region}
        )
    except RefusedError as refused:
        if refused.status != web.HTTPNotFound.status_code:
            raise
        return None  # geodata were exchanged, and the region has another code now
    geodata = await request.app[DATA_API].get(asker(request), "/management/geodata", wire.Geodata)
    return draw(region, household.location, geodata)


def _standing(household: wire.Household, pointer: str) -> str | None:
    """What a field says now, as the history would write it; None where its part is gone."""
    found = msgspec.to_builtins(household)
    for step in pointer[1:].split("/"):
        if isinstance(found, list):
            found = next((entry for entry in found if entry["uuid"] == step), None)
        else:
            found = found and found.get(step)
    return None if found is None else questionnaire.written(found)


def _labels(household: wire.Household) -> dict[str, int]:
    """The place of each device, meter and system in its list, from 1: how people call them."""
    lists = (
        [device.uuid for device in household.measurement_devices],
        [meter.uuid for meter in household.meters],
        [system.uuid for system in household.pv_systems],
    )
    return {str(uuid): place for uuids in lists for place, uuid in enumerate(uuids, start=1)}
