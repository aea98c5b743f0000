"""A timeline, drawn: of each meter the slots that were measured or are missing, its incidents, new versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cloud_api import wire

WIDTH = 1000.0
NARROWEST = 1.5
"""What is shorter than can be seen is drawn so wide."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of time on the line, of a kind that the style sheet knows."""

    x: float
    width: float
    kind: str
    begin: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is drawn of a meter: its slots, and below them its incidents."""

    meter: UUID
    slots: Sequence[Bar]
    incidents: Sequence[Bar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Everything that is drawn, between two moments."""

    begin: datetime
    end: datetime
    lines: Sequence[Line]
    versions: Sequence[Bar]
    days: Sequence[Bar]


def timeline(history: wire.DeviceHistory) -> Timeline:
    """The timeline of a device's history."""
    begin, end = history.since, history.at

    def bar(since: datetime, until: datetime | None, kind: str, reason: str = "") -> Bar:
        since, until = max(since, begin), min(until or end, end)
        x = (since - begin) / (end - begin) * WIDTH
        width = max((until - since) / (end - begin) * WIDTH, NARROWEST)
        return Bar(
            x=round(min(x, WIDTH - NARROWEST), 1),
            width=round(width, 1),
            kind=kind,
            begin=since,
            end=until,
            reason=reason,
        )

    midnight = (begin + DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    return Timeline(
        begin=begin,
        end=end,
        lines=[
            Line(
                meter=ledger.meter,
                slots=[bar(run.from_, run.to, run.state, run.reason or "") for run in ledger.runs],
                incidents=[
                    bar(incident.opened_at, incident.resolved_at, "incident", incident.kind)
                    for incident in history.incidents
                    if incident.meter == ledger.meter and (incident.resolved_at or end) > begin
                ],
            )
            for ledger in history.ledgers
        ],
        versions=[bar(each.since, each.since, "version") for each in history.versions if each.since > begin],
        days=[bar(midnight + DAY * day, midnight + DAY * day, "day") for day in range((end - midnight) // DAY + 1)],
    )
