"""Slots: the quarters of an hour on the UTC grid, and other intervals for demonstrations."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Grid:
    """Slots of one length, counted from 1970 on."""

    interval: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        if self.interval < timedelta(seconds=1):
            raise ValueError(f"a slot lasts at least one second, not {self.interval}")

    def slot(self, at: datetime) -> datetime:
        """The beginning of the slot in which a moment lies; a boundary belongs to the slot that it begins."""
        return at - (at - EPOCH) % self.interval
