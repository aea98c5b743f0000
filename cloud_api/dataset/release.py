"""A release: what is taken out, and under which name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from cloud_api.store.partitions import after


class View(StrEnum):
    """For whose eyes it is."""

    RESEARCH = "research"
    """Without contact details and with the region in place of the location; identifiers are made for the release."""
    PERSONAL = "personal"
    """With everything that is known, of those alone whose consent stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What was asked for. All that follows from it and from what is stored is the same each time."""

    name: str
    view: View
    until: date
    """The day, UTC, before which the data end; what was due by its beginning is expected."""
    since: date | None = None
    """The day, UTC, with which the data begin; else with the first consent."""
    identifiers: str | None = None
    """The name under which identifiers are kept from release to release; else they are this release's own."""
    households: frozenset[UUID] | None = None
    """Those that are wanted; else all."""
    revoked_series: bool = False
    """Whether measurements of households whose consent was revoked are in it: for controlled access alone."""
    authors: str = "Zählwerk research group"
    """Who is to be cited."""

    @property
    def personal(self) -> bool:
        return self.view is View.PERSONAL

    @property
    def end(self) -> datetime:
        return midnight(self.until)

    def months(self, first: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The months from a moment on, each from its beginning, or that of the release, to its end."""
        begin = max(first, midnight(self.since)) if self.since else first
        month = datetime(begin.year, begin.month, 1, tzinfo=UTC)
        while month < self.end:
            yield max(month, midnight(self.since)) if self.since else month, min(after(month), self.end)
            month = after(month)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
