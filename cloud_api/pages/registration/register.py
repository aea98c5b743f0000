"""The first page: households a line each, searched, filtered, in an order, page by page."""

import math
from collections.abc import Container
from typing import get_args

import msgspec
from aiohttp import web
from yarl import URL

from cloud_api import wire
from cloud_api.pages.gate import asker
from cloud_api.pages.keys import DATA_API
from cloud_api.pages.registration.federal_states import FEDERAL_STATES
from cloud_api.pages.render import page
from cloud_api.wire.fields import ConsentState
from cloud_api.wire.register import Order

SIZE = 50
"""Households of one page."""
REPORTED = 50
"""Reported mistakes that are looked at for those households that wait for a decision."""
YES = {"yes": True, "no": False}
BELOW = {"99": 0.99, "95": 0.95, "90": 0.9, "50": 0.5}
"""Shares below which completeness is looked for, by their percents."""


async def show(request: web.Request) -> web.StreamResponse:
    """What fits the filters of the query; a filter that is none of ours is left out."""
    wanted = _wanted(request)
    query = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in wanted.items()
        if value is not None
    }
    path = "/management/register"
    found = await request.app[DATA_API].get(asker(request), path, wire.Register, query)
    reported = await request.app[DATA_API].get(
        asker(request), "/management/correction", wire.Corrections, {"state": "open", "limit": str(REPORTED)}
    )
    return page(
        request,
        "registration/register.html",
        register=found,
        reported=_homes(reported),
        more=reported.next is not None,
        wanted=wanted,
        pages=max(1, math.ceil(found.total / SIZE)),
        consents=get_args(ConsentState),
        states=FEDERAL_STATES,
        shares=BELOW,
        to=lambda **changes: _link(request, changes),
    )


def _wanted(request: web.Request) -> dict[str, str | float | bool | None]:
    """The query as the Data API takes it; unless it says an order, those that were registered last come first."""
    asked = {name: value.strip() for name, value in request.query.items()}
    number = asked.get("page", "1")
    wanted: dict[str, str | float | bool | None] = {
        "text": " ".join(asked.get("text", "").split())[:200] or None,
        "consent": _among(asked.get("consent"), get_args(ConsentState)),
        "region": _among(asked.get("region"), FEDERAL_STATES),
        "below": BELOW.get(asked.get("below", "")),
        "complete": YES.get(asked.get("complete", "")),
        "sort": _among(asked.get("sort"), get_args(Order)) or "registered",
        "descending": asked.get("descending") == "true" or not asked.get("sort"),
        "page": int(number) if number.isascii() and number.isdigit() and 0 < int(number) <= 100_000 else 1,
        "limit": SIZE,
    }
    try:
        msgspec.convert(wanted, wire.RegisterQuery)
    except msgspec.ValidationError:  # a text that is none, such as one of control characters
        wanted["text"] = None
    return wanted


def _homes(reported: wire.Corrections) -> dict[str, list[str]]:
    """The fields that are said to be wrong, by household, as they were reported last."""
    homes: dict[str, list[str]] = {}
    for each in reported.corrections:
        homes.setdefault(str(each.household), []).append(each.field.rpartition("/")[2])
    return homes


def _among(word: str | None, words: Container[str]) -> str | None:
    return word if word and word in words else None


def _link(request: web.Request, changes: dict[str, str | int | None]) -> str:
    query = {name: value for name, value in request.query.items() if value}
    query |= {name: str(value) for name, value in changes.items() if value is not None}
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
    return str(URL(request.path).with_query(query))
