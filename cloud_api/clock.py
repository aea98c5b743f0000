"""Time of day, as the one thing that everything asks for and nothing makes."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What is asked of time; tests move one by hand."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)
