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
    """Makes light of bytes.

    The length of a run is that of its bytes, so that it stays right when they arrive in lumps; whether it goes on is
    told by the clock.
    """

    def __init__(self, *, baudrate: int, gap: float = GAP) -> None:
        self._second = baudrate / BITS
        self._gap = gap
        self._began: float | None = None
        self._bytes = 0
        self._due = 0.0  # when the last byte that arrived has been sent

    def see(self, data: bytes, at: float) -> list[Light]:
        """Take what arrived; give the changes of light. Other bytes than 00 say nothing to a meter."""
        zeros = data.count(0)
        changes = self.wait(at)
        if zeros:
            if self._began is None:
                changes.append(Light(on=True, at=at))
                self._began, self._bytes, self._due = at, 0, at
            self._bytes += zeros
            self._due = max(self._due, at) + zeros / self._second
        return changes

    def wait(self, at: float) -> list[Light]:
        """Let time pass; a run that is over went off when all its bytes were sent."""
        if self._began is None or at <= self._due + self._gap:
            return []
        end, self._began = self._began + self._bytes / self._second, None
        return [Light(on=False, at=end)]
