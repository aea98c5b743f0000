"""The measurements of a meter: day, week, month or year, as a chart, as a table, and as a sentence."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from aiohttp import web

from edge_app.model.consent import ConsentState
from edge_app.store import consents, history
from edge_app.web.frame.page import page
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import CLOCK, INQUIRIES, METERS, READER, STORE
from edge_app.web.participant.inquiries import Known
from edge_app.web.participant.registered import METERS as REGISTERED
from edge_app.web.participant.registered import generation_meters
from edge_app.web.participant.series import SLOT, Row, Step, of_measurements, of_steps, total
from edge_app.web.participant.spans import Span, Unit

HERE = timedelta(days=13)
"""How far back this device is sure to have its own measurements; it keeps them for 14 days."""
STEPS = {Unit.DAY: "15min", Unit.WEEK: "hour", Unit.MONTH: "hour", Unit.YEAR: "day"}
OVER = timedelta(days=1)
"""After the end of a span the cloud's word on it hardly changes any more."""


async def show(request: web.Request) -> web.Response:
    reader, now, query = request[READER], request.app[CLOCK].now(), request.query
    today = now.astimezone().date()
    unit = Unit(query["span"]) if query.get("span") in list(Unit) else Unit.DAY
    on = _date(query.get("on"), today)
    span = Span.around(unit, on)
    meters = request.app[METERS]
    shown = next((meter for meter in meters if str(meter.uuid) == query.get("meter")), meters[0] if meters else None)
    consent = await request.app[STORE].run(consents.current)
    generating = await request.app[STORE].run(generation_meters)
    rows: Sequence[Row] = ()
    known: Known | None = None
    if consent.state is ConsentState.GRANTED and shown:
        by = request.app[INQUIRIES].soon()
        await request.app[INQUIRIES].know(REGISTERED, stale=OVER, by=by)
        rows, known = await _rows(request, shown.uuid, span, now, by)
    drawn, fed_in = total(rows)
    following = span.following
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
        rows=rows,
        drawn=drawn,
        fed_in=fed_in,
        gaps=sum(row.is_gap for row in rows if row.begin < now),
        passed=sum(row.begin < now for row in rows),
        known=known,
        before=span.before.first,
        following=following.first if following.first <= today else None,
        today=today,
        now=now,
        away="away" in query,
    )


async def _rows(
    request: web.Request, meter: UUID, span: Span, now: datetime, by: float
) -> tuple[list[Row], Known | None]:
    """From this device where it is sure to have all of it, from the cloud where it is not."""
    edges = span.edges(SLOT)
    if span.unit in {Unit.DAY, Unit.WEEK} and span.begin > now - HERE:
        kept = await request.app[STORE].run(history.between, meter, span.begin, span.end + SLOT)
        return of_measurements(kept, edges), None
    begin, end = (moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (span.begin, min(span.end, now)))
    if span.end > now:  # the same question for a while, or its answer would be kept for nobody
        end = now.replace(minute=0, second=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"household/meter/{meter}/measurement?from={begin}&to={end}&step={STEPS[span.unit]}"
    stale = OVER if span.end < now - OVER else timedelta(minutes=10)
    known = await request.app[INQUIRIES].know(path, stale=stale, by=by)
    return of_steps([Step.parse(each) for each in known.content.get("measurements", [])], edges), known


def _name(model: str, generates: bool, reader: Reader) -> str:
    return reader.say("home.pv_meter" if generates else "home.meter", model=model)


def _date(text: str | None, today: date) -> date:
    """A day of the address; today where there is none that can be."""
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return today
    return min(max(on, date(2020, 1, 1)), today)
