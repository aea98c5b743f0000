"""The rows of a span, gathered: of late from this device's own measurements, of before from the cloud.

The cloud knows the energy of a step that was measured at both ends. Of one that was measured in part it is asked for
the quarters of an hour, so that a day comes to the same in whichever span it is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from edge_app.model.measurement import Measurement
from edge_app.store import Store, history
from edge_app.web.participant.inquiries import Inquiries, Known
from edge_app.web.participant.series import SLOT, Row, Step, of_measurements, of_parts, total
from edge_app.web.participant.spans import Span, Unit, midnight

HERE = timedelta(days=13)
"""How far back this device is sure to have its own measurements; it keeps them for 14 days."""
STEPS = {Unit.DAY: "hour", Unit.WEEK: "hour", Unit.MONTH: "hour", Unit.YEAR: "day"}
QUARTERS = "15min"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LENGTHS = {"hour": HOUR, "day": DAY}
SETTLED = DAY
"""After which the cloud's word on a span hardly changes any more."""
LATELY = timedelta(minutes=10)
"""For which its word on a span that still goes on is taken."""
MOST = 31
"""Days of which quarters of an hour are asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What is known of a span."""

    rows: Sequence[Row] = ()
    drawn: Decimal | None = None
    fed_in: Decimal | None = None
    known: Known | None = None
    """What the cloud said; None where nothing of it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatherer:
    """Gathers for one meter and one page, which waits until `by` and no longer."""

    store: Store
    inquiries: Inquiries
    meter: UUID
    granted_at: datetime | None
    now: datetime
    by: float

    async def gather(self, span: Span) -> Gathered:
        here = await self._here(span)
        before, known = await self._before(span, min(span.end, here))
        kept = await self.store.run(history.between, self.meter, here, span.end + SLOT) if here < span.end else []
        edges = span.edges(SLOT)
        if span.unit is Unit.DAY:
            rows = of_measurements(kept, edges) if here < span.end else await self._quarters(span, edges)
        else:
            rows = of_parts([*before, *_by_day(kept, here, span)], edges)
        whole = rows if span.unit is not Unit.DAY else [*before, *of_measurements(kept, [span.begin, span.end])]
        drawn, fed_in = total(whole)
        return Gathered(rows=rows, drawn=drawn, fed_in=fed_in, known=known)

    async def _here(self, span: Span) -> datetime:
        """From when on this device's own measurements are taken: a midnight, by whose clock the span is cut."""
        sure = midnight((self.now - HERE).astimezone().date() + DAY)
        first = await self.store.run(history.first_since, self.meter, sure)
        if self.granted_at and self.granted_at < sure:
            # A device that was put in another's place has nothing of before its own first day.
            began = first.slot if first else self.now
            if began.astimezone().date() > sure.astimezone().date():
                sure = midnight(began.astimezone().date() + DAY)
        if span.unit is Unit.YEAR:
            sure = _utc_day(sure + DAY - timedelta(microseconds=1))
        return max(sure, span.begin)

    async def _before(self, span: Span, end: datetime) -> tuple[list[Row], Known | None]:
        """The cloud's steps up to a moment."""
        end = min(end, self.now.replace(minute=0, second=0, microsecond=0))
        if end <= span.begin:
            return [], None
        step = STEPS[span.unit]
        steps, known = await self._ask(span.begin, end, step)
        rows = [each.row for each in await self._refined(steps, LENGTHS[step])]
        return rows, known if known.away or any(row.slots for row in rows) else None

    async def _quarters(self, span: Span, edges: Sequence[datetime]) -> list[Row]:
        steps, _ = await self._ask(span.begin, span.end, QUARTERS)
        return of_parts([each.row for each in steps], edges)

    async def _refined(self, steps: list[Step], length: timedelta) -> list[Step]:
        """Put quarters of an hour in the place of steps that were measured in part."""
        in_part = [each for each in steps if each.is_in_part]
        days = sorted({_utc_day(each.begin) for each in in_part})[-MOST:]
        stale = self._stale(days[-1] + DAY) if days else SETTLED
        paths = [self._path(day, day + DAY, QUARTERS) for day in days]
        answers = await self.inquiries.know_all(paths, stale=stale, by=self.by)
        quarters = [Step.parse(each) for known in answers.values() for each in known.content.get("measurements", [])]
        found = [each for each in steps if not each.is_in_part]
        for each in in_part:
            within = [quarter for quarter in quarters if each.begin <= quarter.begin < each.begin + length]
            found += within or [each]
        return found

    async def _ask(self, begin: datetime, end: datetime, step: str) -> tuple[list[Step], Known]:
        path = self._path(begin, end, step)
        known = await self.inquiries.know(path, stale=self._stale(end), by=self.by)
        return [Step.parse(each) for each in known.content.get("measurements", [])], known

    def _path(self, begin: datetime, end: datetime, step: str) -> str:
        since, until = (moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (begin, end))
        return f"household/meter/{self.meter}/measurement?from={since}&to={until}&step={step}"

    def _stale(self, end: datetime) -> timedelta:
        return SETTLED if end < self.now - DAY else LATELY


def _by_day(kept: Sequence[Measurement], here: datetime, span: Span) -> list[Row]:
    """What this device measured from a moment to the end of a span, each day for itself."""
    if here >= span.end:
        return []
    edges, day = [here], Span.around(Unit.DAY, here.astimezone().date()).following
    while day.begin < span.end:
        edges.append(day.begin)
        day = day.following
    return of_measurements(kept, [*edges, span.end])


def _utc_day(moment: datetime) -> datetime:
    """The midnight of universal time before a moment."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
