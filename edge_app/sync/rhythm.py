"""The rhythm: when this device speaks to the cloud, so that a million of them do not do so at once."""

import hashlib
import random
from dataclasses import dataclass
from uuid import UUID

from edge_app.clock import Clock

FIRST_PAUSE = 5.0
"""Seconds; the pause after a failure is drawn from nothing to this, and to twice as much after each further one."""
LONGEST_PAUSE = 900.0
TICK = 0.001
"""Seconds: whoever slept until a regular moment may wake as much before it, and is not to speak twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Regular moments, one in each interval, at a second of it that is this device's own."""

    every: float
    """Seconds from one regular moment to the next."""
    device: UUID
    clock: Clock

    def until_next(self) -> float:
        """Seconds to the next regular moment, more than none and at most one interval."""
        left = self.every - (self.clock.now().timestamp() - self._own()) % self.every
        return left if left > TICK else self.every

    def pause(self, failures: int, rng: random.Random, *, retry_after: float = 0) -> float:
        """Seconds to wait after so many failures in a row: full jitter, but no later than the next regular moment.

        Where the cloud asks for a longer pause, up to one interval, it gets it.
        """
        ceiling = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE)
        return max(min(rng.uniform(0, ceiling), self.until_next()), min(retry_after, self.every))

    def _own(self) -> float:
        digest = hashlib.sha256(self.device.bytes).digest()
        return int.from_bytes(digest[:8], "big") / 2**64 * self.every
