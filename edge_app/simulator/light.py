"""Light as it comes down a line that cannot carry a break: runs of 00, each as long as its bytes take to be sent."""

from dataclasses import dataclass

BITS = 10
"""Of one character on the line, start and stop among them."""
GAP = 0.03
"""Seconds without a 00 that end a run."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light of a probe goes on or off."""

    on: bool
    at: float


class Eye:
    """Makes light of bytes. A run's length is counted, so that it stays right when bytes arrive in lumps."""

    def __init__(self, *, baudrate: int, gap: float = GAP) -> None:
        self._second = baudrate / BITS
        self._gap = gap
        self._end: float | None = None

    def see(self, data: bytes, at: float) -> list[Light]:
        """Take what arrived; give the changes of light. Other bytes than 00 say nothing to a meter."""
        zeros = data.count(0)
        changes = self.wait(at)
        if zeros:
            if self._end is None:
                changes.append(Light(on=True, at=at))
                self._end = at
            self._end += zeros / self._second
        return changes

    def wait(self, at: float) -> list[Light]:
        """Let time pass; a run that is over goes off when its last byte was sent."""
        if self._end is None or at <= self._end + self._gap:
            return []
        end, self._end = self._end, None
        return [Light(on=False, at=end)]
