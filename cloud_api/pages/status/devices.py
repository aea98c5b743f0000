"""The first page: all devices a line each, the worst first, filtered, page by page."""

from datetime import datetime
from typing import Any, get_args

import msgspec
from aiohttp import web
from yarl import URL

from cloud_api import wire
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.render import page
from cloud_api.pages.status.matters import matters
from cloud_api.wire.fields import ConsentState, StandingWord

PATH = "/management/status"
SHARES = {"0.99": 0.99, "0.95": 0.95, "0.9": 0.9, "0.5": 0.5}
"""Below which completeness is looked for, as the query says it."""
OWN = "zaehlwerk-edge"
"""The component that is shown; the others are named on the device's page."""


async def show(request: web.Request) -> web.StreamResponse:
    """What fits the filters of the query; a filter that is none of ours is left out."""
    wanted = filters(request)
    found = await request.app[DATA_API].get(asker(request), PATH, wire.DevicesInQuestion, wanted)
    return page(
        request,
        "status/devices.html",
        found=found,
        wanted={name: wanted.get(name) for name in _FIELDS},
        consents=get_args(ConsentState),
        standings=get_args(StandingWord),
        shares=SHARES,
        matters=matters,
        own=OWN,
        days_left=lambda until: days_between(found.at, until),
        live=str(URL("/status/live").with_query(wanted)),
        to=lambda **changes: _link(wanted, changes),
    )


def filters(request: web.Request) -> dict[str, str]:
    """The query as the Data API takes it."""
    asked = {name: " ".join(value.split()) for name, value in request.query.items() if name in _FIELDS}
    wanted: dict[str, str] = {}
    for name, value in asked.items():
        try:
            msgspec.convert({name: value}, wire.StatusQuery, strict=False)
        except msgspec.ValidationError:
            continue
        wanted[name] = value
    return wanted


def days_between(now: datetime, until: datetime | None) -> int | None:
    """Whole days that are left; below nothing where it is over."""
    return None if until is None else (until - now).days


_FIELDS = ("standing", "consent", "text", "below", "sort", "cursor")


def _link(wanted: dict[str, str], changes: dict[str, Any]) -> str:
    query = {name: value for name, value in (wanted | changes).items() if value and name != "cursor"}
    if changes.get("cursor"):
        query["cursor"] = changes["cursor"]
    return str(URL("/status").with_query(query))
