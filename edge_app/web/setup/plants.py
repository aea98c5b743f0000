"""The photovoltaic systems: which of them feed the generation meter that a head was put to.

The registration belongs to the research group: what a person in front of the meter says otherwise is told to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from aiohttp import web

from edge_app.errors import CloudError
from edge_app.store import fittings
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import INQUIRIES, READER, STORE
from edge_app.web.participant.inquiries import Inquiries
from edge_app.web.setup.bench import BENCH, registration
from edge_app.web.setup.head import asked_port

CORRECTIONS = "household/correction"
ANOTHER = "another meter than this"
"""What is told of a system that is said not to feed the meter, to a person of the research group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A photovoltaic system, as the page offers it."""

    uuid: str
    name: str
    since: str
    registered: str
    """The meter that it feeds by the registration."""
    feeds: bool
    """Whether it feeds the meter in question, by the newest word on it."""
    told: bool
    """Whether the research group was told otherwise than is registered, and has not decided yet."""


async def show(request: web.Request) -> web.Response:
    return await _show(request)


async def choose(request: web.Request) -> web.Response:
    """Take the word of a person; what is registered otherwise is told to the research group."""
    port, inquiries = await asked_port(request), request.app[INQUIRIES]
    meter = await _meter(request, port)
    chosen = {str(each) for each in (await request.post()).getall("plant", [])}
    by = inquiries.soon()
    systems = (await registration(request, by=by)).plants
    if not chosen & {each["uuid"] for each in systems}:
        return await _show(request, problem="setup.plants_none", status=422)
    told = await _told(inquiries, by)
    try:
        for field, value in differing(systems, str(meter), chosen):
            if told.get(field) != value:
                await inquiries.tell(CORRECTIONS, {"field": field, "value": value})
    except CloudError:
        return await _show(request, problem="setup.plants_untold", status=502)
    visit = await request.app[BENCH].fitter.look(port)
    raise web.HTTPSeeOther(f"/setup/{'trial' if visit.sound.unlocked else 'pin'}?port={quote(port, safe='')}")


def differing(systems: Iterable[Mapping[str, Any]], meter: str, chosen: set[str]) -> list[tuple[str, str]]:
    """The fields of the registration that a choice contradicts, each with what is right."""
    return [
        (f"/pv_systems/{each['uuid']}/meter", meter if each["uuid"] in chosen else ANOTHER)
        for each in systems
        if (each["uuid"] in chosen) is not (each.get("meter") == meter)
    ]


async def _show(request: web.Request, *, problem: str | None = None, status: int = 200) -> web.Response:
    port, reader, inquiries = await asked_port(request), request[READER], request.app[INQUIRIES]
    by = inquiries.soon()
    meter = str(await _meter(request, port))
    expected = await registration(request, by=by)
    names = {each.uuid: each.model for each in expected.meters}
    told = await _told(inquiries, by)
    return page(
        request,
        "setup/plants.html",
        status=status,
        quoted=quote(port, safe=""),
        model=names.get(meter, ""),
        plants=[_plant(each, meter, names, told, reader) for each in expected.plants],
        known=expected.known,
        problem=problem,
    )


def _plant(
    system: Mapping[str, Any], meter: str, names: Mapping[str, str], told: Mapping[str, str], reader: Reader
) -> Plant:
    uuid = str(system["uuid"])
    word = told.get(f"/pv_systems/{uuid}/meter")
    fed = str(system.get("meter"))
    return Plant(
        uuid=uuid,
        name=reader.say("setup.plant", power=reader.number(system["nominal_power"])),
        since=reader.day(date.fromisoformat(system["installation_date"])),
        registered=names.get(fed, fed),
        feeds=(word or fed) == meter,
        told=word is not None,
    )


async def _told(inquiries: Inquiries, by: float) -> dict[str, str]:
    """What the research group was told and has not decided yet, newest word by field."""
    known = await inquiries.know(CORRECTIONS, by=by)
    newest_last = reversed(known.content.get("corrections", []))
    return {each["field"]: each["value"] for each in newest_last if each["state"] == "open"}


async def _meter(request: web.Request, port: str) -> UUID:
    fitting = await request.app[STORE].run(fittings.at_port, port)
    if fitting is None:
        raise web.HTTPSeeOther(f"/setup/head?port={quote(port, safe='')}")
    return fitting.meter
