"""The registration: every field as it is stored, beside each "report a mistake", and what became of each report."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.model.consent import ConsentState
from edge_app.store import consents
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import INQUIRIES, READER, STORE
from edge_app.web.participant.inquiries import Known

ASKED = ("account", "household", "household/measurement_device", "household/meter", "household/pv_system")
CORRECTIONS = "household/correction"
POINTER = re.compile(r"/[a-z_]+(?:/[0-9a-f-]{36})?/[a-z_]+")
LONGEST = 200
"""Letters of a report; the cloud takes no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A mistake that was reported, and its fate."""

    value: str
    reported: str
    fate: str
    word: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field, as the page shows it."""

    pointer: str
    name: str
    value: str
    reports: Sequence[Report] = ()

    @property
    def anchor(self) -> str:
        return self.pointer.strip("/").replace("/", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Fields that belong together."""

    title: str
    anchor: str
    fields: Sequence[Field] = field(default_factory=list)


async def show(request: web.Request) -> web.Response:
    return await _show(request)


async def report(request: web.Request) -> web.Response:
    """Tell the research group that a field is wrong, and what is right."""
    form = await request.post()
    pointer, value = str(form.get("field", "")), " ".join(str(form.get("value", "")).split())
    if not POINTER.fullmatch(pointer) or not value or len(value) > LONGEST:
        return await _show(request, problem="registration.unfit", status=422)
    inquiries = request.app[INQUIRIES]
    try:
        await inquiries.tell(CORRECTIONS, {"field": pointer, "value": value})
    except CloudError:
        return await _show(request, problem="frame.failed", status=502)
    await inquiries.know(CORRECTIONS, stale=timedelta(0), by=inquiries.soon(2))
    raise web.HTTPSeeOther(f"/registration#{pointer.strip('/').replace('/', '-')}")


async def _show(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    inquiries, reader = request.app[INQUIRIES], request[READER]
    consent = await request.app[STORE].run(consents.current)
    known: Mapping[str, Known] = {}
    if consent.state is not ConsentState.REVOKED:
        known = await inquiries.know_all((*ASKED, CORRECTIONS))
    oldest = min((each.at for each in known.values() if each.at), default=None)
    return page(
        request,
        "registration.html",
        status=status,
        consent=consent,
        sections=sections({path: each.content for path, each in known.items()}, reader),
        known=Known(content={}, at=oldest, away=any(each.away for each in known.values())),
        problem=problem,
    )


def sections(said: Mapping[str, Mapping[str, Any]], reader: Reader) -> list[Section]:
    """The registration in the order of a letter: who, where, the household, devices, meters, plants."""
    reports = _reports(said.get(CORRECTIONS, {}).get("corrections", []), reader)
    account, household = said.get("account", {}), said.get("household", {})
    meters = said.get("household/meter", {}).get("meters", [])
    devices = said.get("household/measurement_device", {}).get("measurement_devices", [])
    names = {each["uuid"]: each["name"] for each in devices} | {each["uuid"]: each["model_number"] for each in meters}

    def section(name: str, pointer: str, content: Mapping[str, Any] | None, number: int | None = None) -> Section:
        fields = [
            Field(
                pointer=f"{pointer}/{key}",
                name=reader.say(f"registration.{name}.{key}"),
                value=_value(key, value, names, reader),
                reports=reports.get(f"{pointer}/{key}", ()),
            )
            for key, value in (content or {}).items()
            if key in FIELDS[name]
        ]
        title = reader.say(f"registration.{name}", n=number or 1)
        return Section(title=title, anchor=pointer.strip("/").replace("/", "-"), fields=fields)

    found = [
        section("participant", "/participant", account),
        section("address", "/address", household.get("address")),
        section("location", "/location", household.get("location")),
        section("metadata", "/metadata", household.get("metadata")),
        *(section("device", f"/measurement_devices/{each['uuid']}", each, n) for n, each in enumerate(devices, 1)),
        *(section("meter", f"/meters/{each['uuid']}", each, n) for n, each in enumerate(meters, 1)),
        *(
            section("pv_system", f"/pv_systems/{each['uuid']}", each, n)
            for n, each in enumerate(said.get("household/pv_system", {}).get("pv_systems", []), 1)
        ),
    ]
    return [each for each in found if each.fields]


FIELDS = {
    "participant": ("name", "email"),
    "address": ("street", "house_number", "postal_code", "city", "country"),
    "location": ("latitude", "longitude"),
    "metadata": ("children", "adults", "employed_adults", "ev_charger", "heat_pump", "home_battery"),
    "device": ("name",),
    "meter": ("type", "model_number", "measurement_device"),
    "pv_system": ("nominal_power", "azimuth", "tilt", "installation_date", "meter"),
}


def _reports(corrections: Sequence[Mapping[str, Any]], reader: Reader) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for each in corrections:
        fate = each["state"] if each["state"] in {"applied", "declined"} else "open"
        found.setdefault(each["field"], []).append(
            Report(
                value=each["value"],
                reported=reader.day(date.fromisoformat(each["reported_at"][:10])),
                fate=reader.say(f"registration.{fate}"),
                word=each.get("word"),
            )
        )
    return found


def _value(key: str, value: object, names: Mapping[str, str], reader: Reader) -> str:
    match key, value:
        case _, None:
            return reader.say("registration.nothing")
        case _, bool():
            return reader.say("frame.yes" if value else "frame.no")
        case "installation_date", str():
            return reader.day(date.fromisoformat(value))
        case "type", str():
            return reader.say("registration.generation" if value == "PV-GENERATION" else "registration.electricity")
        case (("meter" | "measurement_device"), str()):
            return names.get(value, value)
        case _, int() | float():
            units = {"nominal_power": " kW", "azimuth": "°", "tilt": "°", "latitude": "°", "longitude": "°"}
            return reader.number(value) + units.get(key, "")
        case _:
            return str(value)
