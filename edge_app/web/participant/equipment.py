"""Devices and meters: which device reads which meter, which photovoltaic system feeds it, since when, and how it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from edge_app.model.consent import ConsentState
from edge_app.model.incident import Incident
from edge_app.store import consents, incidents
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.health import health_of
from edge_app.web.keys import INQUIRIES, METERS, READER, STORE, MeterOnPage
from edge_app.web.participant.inquiries import Known
from edge_app.web.participant.service import shown

FIRST = timedelta(days=1)
"""After which it is asked anew when a meter was first measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A meter, as the page shows it."""

    name: str
    uuid: str
    plants: list[str]
    since: str
    health: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device with the meters that it reads."""

    name: str
    active: str
    meters: list[Meter]


async def show(request: web.Request) -> web.Response:
    return await answer(request)


async def answer(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    """The page, with what stood against the last step on it."""
    reader, inquiries, store = request[READER], request.app[INQUIRIES], request.app[STORE]
    consent = await store.run(consents.current)
    paths = ("household/measurement_device", "household/meter", "household/pv_system")
    revoked = consent.state is ConsentState.REVOKED
    nothing = Known(content={}, at=None, away=False)
    by = inquiries.soon()
    known = [nothing] * len(paths) if revoked else list((await inquiries.know_all(paths, by=by)).values())
    on_page = {str(meter.uuid): meter for meter in request.app[METERS]}
    lasting = await store.run(incidents.lasting)
    devices, meters, plants = (each.content for each in known)
    asked = {
        each["uuid"]: f"household/meter/{each['uuid']}/measurement?limit=1"
        for each in meters.get("meters", [])
        if consent.state is ConsentState.GRANTED
    }
    said = await inquiries.know_all(asked.values(), stale=FIRST, by=by)
    firsts = {uuid: _first(said[path]) for uuid, path in asked.items()}
    listed = []
    for device in devices.get("measurement_devices", []):
        active = device.get("last_active_at")
        listed.append(
            Device(
                name=device["name"],
                active=reader.moment(datetime.fromisoformat(active)) if active else reader.say("frame.never"),
                meters=[
                    _meter(
                        meter,
                        plants.get("pv_systems", []),
                        on_page.get(meter["uuid"]),
                        firsts.get(meter["uuid"]),
                        lasting,
                        reader,
                    )
                    for meter in meters.get("meters", [])
                    if meter["measurement_device"] == device["uuid"]
                ],
            )
        )
    oldest = min((each.at for each in known if each.at), default=None)
    summary = Known(content={}, at=oldest, away=any(each.away for each in known))
    return page(
        request,
        "meters.html",
        status=status,
        consent=consent,
        devices=listed,
        known=summary,
        service=await shown(request),
        problem=problem,
    )


def _meter(
    meter: Mapping[str, str],
    plants: Sequence[Mapping[str, Any]],
    on_page: MeterOnPage | None,
    first: datetime | None,
    lasting: Sequence[tuple[Incident, bool]],
    reader: Reader,
) -> Meter:
    generates = meter["type"] == "PV-GENERATION"
    return Meter(
        name=reader.say("home.pv_meter" if generates else "home.meter", model=meter["model_number"]),
        uuid=meter["uuid"],
        plants=[
            reader.say("meters.plant", power=reader.number(plant["nominal_power"]))
            for plant in plants
            if plant["meter"] == meter["uuid"]
        ],
        since=reader.day(first) if first else reader.say("meters.not_yet"),
        health=health_of(on_page, lasting, reader) if on_page else reader.say("meters.elsewhere"),
        here=on_page is not None,
    )


def _first(known: Known) -> datetime | None:
    """When a meter was first measured, as the cloud has it."""
    found = known.content.get("measurements", [])
    return datetime.fromisoformat(found[0]["time"]) if found else None
