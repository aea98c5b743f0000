"""Dating: what was read before the time of day was known gets its times as soon as it is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge_app.clock import Clock, Synchrony, boot_id
from edge_app.model.measurement import Measurement
from edge_app.model.slot import Grid
from edge_app.store import Store, undated
from edge_app.store.undated import Anchor

BLIND = 5.0
"""Seconds between looks while the time is not known."""
AGAIN = 60.0
"""Seconds to the next look once it is: a clock that jumps is not believed for a while."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """Dates what the store holds."""

    store: Store
    grid: Grid
    clock: Clock
    synchrony: Synchrony
    taken: Callable[[Measurement], None]
    """Hears of each that is a measurement now."""

    async def run(self) -> None:
        """Look again and again, for as long as consent stands."""
        while True:
            if self.synchrony:
                await self.date()
                await self.clock.sleep(AGAIN)
            else:
                await self.clock.sleep(BLIND)

    async def date(self) -> None:
        """Date everything that is held; the time has to be known."""
        anchor = Anchor(boot=boot_id(), tick=self.clock.monotonic(), now=self.clock.now())
        done = await self.store.run(undated.date, anchor, self.grid)
        if done.kept:
            logger.info("%d measurements were taken before the time was known, and have theirs now", len(done.kept))
        if lost := done.lost.total():
            logger.warning("%d measurements were taken before the time was known, and it is lost when that was", lost)
        for measurement in done.kept:
            self.taken(measurement)
