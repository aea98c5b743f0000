"""What a station has heard, in numbers."""

from dataclasses import dataclass, replace
from typing import Self

from edge_app.model.reading import Reading


@dataclass(slots=True, kw_only=True)
class Heard:
    """Counts since a station started, or between two moments."""

    arrived: int = 0
    """Bytes."""
    high_bytes: int = 0
    """Bytes with bit 7 set; a port that takes this bit away leaves none."""
    whole: int = 0
    damaged: int = 0
    foreign: int = 0
    """Telegrams of another model than the one that is set."""
    strangers: int = 0
    """Telegrams of another meter than the one that was here before."""
    dazzled: int = 0
    """Telegrams, whole or not, that came while our own light was on."""
    last: Reading | None = None
    """The newest reading of the meter."""

    def take(self, data: bytes) -> None:
        self.arrived += len(data)
        self.high_bytes += sum(byte >> 7 for byte in data)

    def copy(self) -> Self:
        return replace(self)

    def since(self, earlier: Self) -> Self:
        """What came after an earlier moment."""
        return replace(
            self,
            arrived=self.arrived - earlier.arrived,
            high_bytes=self.high_bytes - earlier.high_bytes,
            whole=self.whole - earlier.whole,
            damaged=self.damaged - earlier.damaged,
            foreign=self.foreign - earlier.foreign,
            strangers=self.strangers - earlier.strangers,
            dazzled=self.dazzled - earlier.dazzled,
        )
