"""The open incidents in plain words, each with a next step, and the two steps that a person takes on these pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from edge_app.model.incident import Cause, Incident
from edge_app.store import identities, pins
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import METERS, STORE, MeterOnPage

STEPS = {Cause.FOREIGN: "exchange", Cause.REFUSED: "pin", Cause.INTERRUPTED: "pin"}
"""The causes that a button helps against, and its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One incident, as the page shows it."""

    model: str
    uuid: str
    trouble: str
    since: str
    next: str
    told: str
    """Whether the research group knows."""
    step: str | None
    """The last part of the address that its button sends to; None where there is no button."""
    button: str


def notices(found: Sequence[tuple[Incident, bool]], meters: Sequence[MeterOnPage], reader: Reader) -> list[Notice]:
    """What the page says of the incidents of its meters."""
    models = {meter.uuid: meter.model for meter in meters}
    return [
        Notice(
            model=models[each.meter],
            uuid=str(each.meter),
            trouble=reader.say(f"trouble.{each.cause}"),
            since=reader.say("trouble.since", moment=reader.moment(each.began)),
            next=reader.say(f"next.{each.cause}"),
            told=reader.say("trouble.told" if told else "trouble.telling"),
            step=STEPS.get(each.cause),
            button=reader.say(f"trouble.{STEPS[each.cause]}") if each.cause in STEPS else "",
        )
        for each, told in found
        if each.meter in models
    ]


async def confirm_exchange(request: web.Request) -> web.Response:
    """A person says that the meter was exchanged: from now on the new one is measured."""
    await request.app[STORE].run(identities.confirm_exchange, _meter(request))
    raise web.HTTPSeeOther("/")


async def enter_pin_again(request: web.Request) -> web.Response:
    """A person wants the PIN to be entered once more."""
    await request.app[STORE].run(pins.ask_again, _meter(request))
    raise web.HTTPSeeOther("/")


def _meter(request: web.Request) -> UUID:
    """The meter in the address; 404 where it is none of this device."""
    asked = request.match_info["uuid"]
    for meter in request.app[METERS]:
        if str(meter.uuid) == asked:
            return meter.uuid
    raise web.HTTPNotFound(text="This device has no such meter.")
