"""The trials under way: each begun by a person, and gone on with until it is decided, whoever looks on."""

import asyncio
from uuid import UUID

from edge_app.setup.trial import RECENT, Laboratory, Stage, Trial

WAITS = (Stage.WAITING, Stage.CLOCK)
"""Where a trial stands that may yet come on by itself."""
AGAIN = 2.0
"""Seconds after which such a trial is gone on with."""


class Trials:
    """At most one trial for each meter, and what came of the newest."""

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        self._found: dict[UUID, Trial] = {}
        self._under_way: dict[UUID, asyncio.Task[None]] = {}

    def begin(self, meter: UUID) -> None:
        """Try a meter anew; harmless while it is being tried."""
        if not self.under_way(meter):
            self._found.pop(meter, None)
            self._under_way[meter] = asyncio.create_task(self._go_on(meter), name=f"trial of {meter}")

    def under_way(self, meter: UUID) -> bool:
        return meter in self._under_way and not self._under_way[meter].done()

    def found(self, meter: UUID) -> Trial | None:
        """How far the newest trial has come; None where nothing is known of any."""
        if meter in self._under_way and not self.under_way(meter):
            self._under_way.pop(meter).result()
        return self._found.get(meter)

    def forget(self, meter: UUID) -> None:
        """The meter has been set up in another way."""
        if task := self._under_way.pop(meter, None):
            task.cancel()
        self._found.pop(meter, None)

    async def close(self) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _go_on(self, meter: UUID) -> None:
        clock = self._laboratory.clock
        end = clock.monotonic() + RECENT.total_seconds()
        while True:
            trial = self._found[meter] = await self._laboratory.try_out(meter)
            if trial.stage not in WAITS or clock.monotonic() > end:
                return
            await clock.sleep(AGAIN)
