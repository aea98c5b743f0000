"""What left this house: each upload with its time and size, and on a page of its own its content."""

import json
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from edge_app.model.obis import ENERGY_IN, ENERGY_OUT
from edge_app.store import consents, uploads
from edge_app.web.frame.page import page
from edge_app.web.keys import METERS, STORE
from edge_app.web.participant.now import net_power
from edge_app.web.participant.series import Step

A_PAGE = 50
LARGEST = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One measurement of an upload."""

    model: str
    at: datetime
    drawn: object
    fed_in: object
    power: object


async def show(request: web.Request) -> web.Response:
    """The newest, or those before one of them."""
    before = request.query.get("before", "")
    mark = min(int(before), LARGEST) if before.isascii() and before.isdigit() else None
    found = await request.app[STORE].run(uploads.page, before=mark, limit=A_PAGE + 1)
    return page(
        request,
        "uploads.html",
        consent=await request.app[STORE].run(consents.current),
        uploads=found[:A_PAGE],
        more=found[A_PAGE - 1].seq if len(found) > A_PAGE else None,
    )


async def content(request: web.Request) -> web.Response:
    seq = min(int(request.match_info["seq"]), LARGEST)
    found = await request.app[STORE].run(uploads.content, seq)
    if found is None:
        raise web.HTTPNotFound(text="This device has no such upload.")
    upload, text = found
    models = {str(meter.uuid): meter.model for meter in request.app[METERS]}
    sent = []
    for each in json.loads(text)["measurements"]:
        step = Step.parse(each)
        sent.append(
            Sent(
                model=models.get(each["meter"], each["meter"]),
                at=step.begin,
                drawn=step.values.get(ENERGY_IN),
                fed_in=step.values.get(ENERGY_OUT),
                power=net_power(step.values),
            )
        )
    return page(request, "upload.html", upload=upload, sent=sent, raw=json.dumps(json.loads(text), indent=1))
