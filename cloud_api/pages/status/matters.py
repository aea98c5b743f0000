"""What is the matter with a device: its open incidents, those of the same kind and cause as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cloud_api import wire
from cloud_api.watch.explaining import Explained, explain


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing that is wrong, with which meters, and since when."""

    kind: str
    cause: str | None
    meters: Sequence[UUID]
    since: datetime

    @property
    def explained(self) -> Explained:
        return explain(self.kind, self.cause)


def matters(incidents: Sequence[wire.Incident]) -> list[Matter]:
    """In the order in which they began."""
    grouped: dict[tuple[str, str | None], list[wire.Incident]] = {}
    for incident in incidents:
        grouped.setdefault((incident.kind, incident.cause), []).append(incident)
    return [
        Matter(
            kind=kind,
            cause=cause,
            meters=[each.meter for each in some],
            since=min(each.opened_at for each in some),
        )
        for (kind, cause), some in grouped.items()
    ]
