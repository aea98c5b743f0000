"""Bookkeeping: after each slot it is noted for each meter why it has no measurement, if it has none."""

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from uuid import UUID

from edge_app.clock import Clock, Synchrony
from edge_app.model.slot import Grid
from edge_app.store import Store, slots
from edge_app.store.slots import Since

BLIND = 60.0
"""Seconds between looks whether the time of day is known."""
MARGIN = 5.0
"""Seconds after a slot's end for what is still on its way to the store."""


async def _nothing() -> None:
    """Nothing is to be done before."""


async def book_slots(
    store: Store,
    meters: Callable[[], Collection[UUID]],
    *,
    grid: Grid,
    clock: Clock,
    synchrony: Synchrony,
    before: Callable[[], Awaitable[None]] = _nothing,
) -> None:
    """Keep the books for as long as consent stands; what happened before the start is noted with the first look.

    `before` each look whatever still fills slots has its turn.
    """
    began = clock.monotonic()
    while not synchrony:
        await clock.sleep(BLIND)
    believed = clock.now()
    since = Since(started=believed - timedelta(seconds=clock.monotonic() - began), believed=believed)
    while True:
        while not synchrony:
            await clock.sleep(BLIND)
        await before()
        now = clock.now()
        until = grid.slot(now - timedelta(seconds=MARGIN))
        await store.run(slots.book_all, meters(), until=until, length=grid.interval, since=since)
        await store.run(slots.forget_old, now - slots.KEPT)
        await clock.sleep((until + grid.interval - now).total_seconds() + MARGIN)
