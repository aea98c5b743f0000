"""The measurements of a meter: day, week, month or year, as a chart, as a table, and as a sentence."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from aiohttp import web

from edge_app.model.consent import ConsentState
from edge_app.store import consents
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import CLOCK, INQUIRIES, METERS, READER, STORE
from edge_app.web.participant.gathered import Gathered, Gatherer
from edge_app.web.participant.registered import METERS as REGISTERED
from edge_app.web.participant.registered import generation_meters
from edge_app.web.participant.series import SLOT, Row
from edge_app.web.participant.spans import Span, Unit

A_DAY = timedelta(days=1)
BLURRED = 8
"""Quarters of an hour by which a month of a year may fall short and is still whole, for its bounds are not local."""


async def show(request: web.Request) -> web.Response:
    reader, now, query = request[READER], request.app[CLOCK].now(), request.query
    today = now.astimezone().date()
    unit = Unit(query["span"]) if query.get("span") in list(Unit) else Unit.DAY
    on = _date(query.get("on"), today)
    span = Span.around(unit, on)
    meters = request.app[METERS]
    shown = next((meter for meter in meters if str(meter.uuid) == query.get("meter")), meters[0] if meters else None)
    consent = await request.app[STORE].run(consents.current)
    found = Gathered()
    if consent.state is ConsentState.GRANTED and shown:
        by = request.app[INQUIRIES].soon()
        await request.app[INQUIRIES].know(REGISTERED, stale=A_DAY, by=by)
        gatherer = Gatherer(
            store=request.app[STORE],
            inquiries=request.app[INQUIRIES],
            meter=shown.uuid,
            granted_at=consent.granted_at,
            now=now,
            by=by,
        )
        found = await gatherer.gather(span)
    generating = await request.app[STORE].run(generation_meters)
    following = span.following
    passed = [(row, end) for row, end in zip(found.rows, span.edges(SLOT)[1:], strict=False) if row.begin < now]
    earlier = {row.begin for row, end in passed if row.is_gap and consent.granted_at and end <= consent.granted_at}
    return page(
        request,
        "measurements.html",
        consent=consent,
        meters=[(str(meter.uuid), _name(meter.model, meter.uuid in generating, reader)) for meter in meters],
        meter=str(shown.uuid) if shown else "",
        generates=bool(shown and shown.uuid in generating),
        on=on,
        span=span,
        units=list(Unit),
        rows=found.rows,
        drawn=found.drawn,
        fed_in=found.fed_in,
        gaps=sum(row.is_gap and row.begin not in earlier for row, _ in passed),
        earlier=earlier,
        in_part=_in_part(passed, span, now),
        nothing=all(row.is_gap for row, _ in passed),
        known=found.known,
        before=span.before.first,
        following=following.first if following.first <= today else None,
        today=today,
        now=now,
        away="away" in query,
    )


def _in_part(passed: Iterable[tuple[Row, datetime]], span: Span, now: datetime) -> set[datetime]:
    """Where the days or months begin that were measured, but not all the time that has passed of them."""
    if span.unit is Unit.DAY:
        return set()
    few = BLURRED if span.unit is Unit.YEAR else 0
    return {
        row.begin for row, end in passed if not row.is_gap and row.slots < (min(end, now) - row.begin) // SLOT - few
    }


def _name(model: str, generates: bool, reader: Reader) -> str:
    return reader.say("home.pv_meter" if generates else "home.meter", model=model)


def _date(text: str | None, today: date) -> date:
    """A day of the address; today where there is none that can be."""
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return today
    return min(max(on, date(2020, 1, 1)), today)
