"""A household's own page: what is registered, its consent, and what was reported to be wrong."""

from aiohttp import web

from cloud_api import wire
from cloud_api.pages.data_api import RefusedError
from cloud_api.pages.gate import asker, form_of
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration.drawing import Drawing, draw
from cloud_api.pages.registration.identity import uuid_in
from cloud_api.pages.render import page

DECISIONS = {"apply": wire.CorrectionApplied, "decline": wire.CorrectionDeclined}
REFUSALS = (409, 422)


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
    body = {"word": word} | ({"value": value} if decision == "apply" and value else {})
    path = f"/management/correction/{correction}/{decision}"
    try:
        await request.app[DATA_API].send(asker(request), "POST", path, wire.Correction, body)
    except RefusedError as refused:
        if refused.status not in REFUSALS:
            raise
        return await _show(request, household, refused={correction: refused.detail}, status=refused.status)
    raise web.HTTPSeeOther(f"/registration/household/{household}#corrections")


async def _show(
    request: web.Request, uuid: str, *, refused: dict[str, str] | None = None, status: int = 200
) -> web.Response:
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
        refused=refused or {},
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


def _labels(household: wire.Household) -> dict[str, int]:
    """The place of each device, meter and system in its list, from 1: how people call them."""
    lists = (
        [device.uuid for device in household.measurement_devices],
        [meter.uuid for meter in household.meters],
        [system.uuid for system in household.pv_systems],
    )
    return {str(uuid): place for uuids in lists for place, uuid in enumerate(uuids, start=1)}
