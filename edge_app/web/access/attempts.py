"""The limit on attempts: after five wrong codes an address waits a quarter of an hour, then twice as long each time."""

from dataclasses import dataclass

from edge_app.clock import Clock

ALLOWED = 5
WAIT = 900.0
"""Seconds of the first wait."""
LONGEST = 86_400.0
REMEMBERED = 1000
"""Addresses; of more, the one that was heard of longest ago is forgotten."""


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    until: float = 0.0


class Attempts:
    """Counts wrong codes for each address that they come from."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of: dict[str, _Tries] = {}

    def wait(self, address: str) -> float:
        """Seconds until this address may try again; 0 when it may."""
        tries = self._of.get(address)
        return max(0.0, tries.until - self._clock.monotonic()) if tries else 0.0

    def failed(self, address: str) -> None:
        tries = self._of.pop(address, _Tries())
        tries.wrong += 1
        if tries.wrong >= ALLOWED:
            tries.until = self._clock.monotonic() + min(LONGEST, WAIT * 2 ** min(tries.wrong - ALLOWED, 10))
        self._of[address] = tries
        if len(self._of) > REMEMBERED:
            del self._of[next(iter(self._of))]

    def entered(self, address: str) -> None:
        self._of.pop(address, None)
