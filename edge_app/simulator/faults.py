"""What goes wrong between a meter and its reader, or with the meter itself: when, for how long, and how badly."""

import random
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    LOST = "lost"
    """A share of the bytes does not arrive."""
    FLIPPED = "flipped"
    """In a share of the bytes one bit is wrong."""
    DOUBLED = "doubled"
    """A share of the bytes arrives twice."""
    TURNED = "turned"
    """The head is turned slowly: the share of flipped bytes grows from nothing to what is given."""
    SILENCE = "silence"
    """The meter sends nothing."""
    UNPLUGGED = "unplugged"
    """The adapter is pulled out, and put back at the end."""
    STALLED = "stalled"
    """A bridge holds all bytes back and gives them at once at the end."""
    ANOTHER_METER = "another-meter"
    """Another meter of the same model stands in place of the first."""
    BACKWARDS = "backwards"
    """The counters jump back, once."""
    CLOCK_RESET = "clock-reset"
    """The meter's own clock begins at zero again, once."""
    POWER_CUT = "power-cut"
    """The meter is without power; afterwards it is as locked as it left the works."""


SILENT = frozenset({Kind.SILENCE, Kind.UNPLUGGED, Kind.POWER_CUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong."""

    kind: Kind
    at: float
    """Seconds after the start."""
    lasts: float = float("inf")
    """Seconds; without end where nothing is said."""
    share: float = 0.0
    """Of the bytes, where it is bytes that suffer."""
    energy: float = 0.0
    """By how much counters jump back, kWh."""

    def active(self, elapsed: float) -> bool:
        return self.at <= elapsed < self.at + self.lasts

    def share_at(self, elapsed: float) -> float:
        """The share of bytes that suffers at a moment."""
        if self.kind is not Kind.TURNED:
            return self.share
        return self.share * min((elapsed - self.at) / self.lasts, 1.0)


def harm(data: bytes, fault: Fault, elapsed: float, chance: random.Random) -> bytes:
    """What a fault leaves of some bytes."""
    share = fault.share_at(elapsed)
    harmed = bytearray()
    for byte in data:
        if chance.random() >= share:
            harmed.append(byte)
        elif fault.kind is Kind.DOUBLED:
            harmed += bytes((byte, byte))
        elif fault.kind is not Kind.LOST:
            harmed.append(byte ^ 1 << chance.randrange(8))
    return bytes(harmed)
