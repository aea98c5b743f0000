"""A station: carries what one probe hears to the store, for as long as it is let."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime

from edge_app.clock import Synchrony
from edge_app.errors import TelegramError
from edge_app.metering.ear import Ear
from edge_app.metering.meter import Meter
from edge_app.metering.probe.probe import Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.unlock.hearing import Hearing
from edge_app.metering.watch.heard import Heard
from edge_app.model.measurement import Measurement
from edge_app.model.reading import Reading
from edge_app.model.telegram import Damage, Telegram
from edge_app.model.undated import Undated

logger = logging.getLogger(__name__)


def _nobody(_reading: Reading, _at: datetime) -> None:
    """Nobody listens."""


async def _nowhere(_undated: Undated) -> None:
    """What has no time is kept nowhere."""


async def _whoever(_reading: Reading) -> bool:
    """Any meter of the model is the one that is meant."""
    return True


class Station:
    """One probe, one meter, its schedule, the place where measurements are kept, and whoever listens to readings."""

    def __init__(
        self,
        *,
        probe: Probe,
        meter: Meter,
        schedule: Schedule,
        synchrony: Synchrony,
        keep: Callable[[Measurement], Awaitable[object]],
        hold: Callable[[Undated], Awaitable[object]] = _nowhere,
        listen: Callable[[Reading, datetime], None] = _nobody,
        is_ours: Callable[[Reading], Awaitable[bool]] = _whoever,
    ) -> None:
        self.probe = probe
        self.meter = meter
        self.heard = Heard()
        """What was heard since it started."""
        self.hearing: Hearing | None = None
        """Whoever waits for readings while the LED may shine."""
        self._schedule = schedule
        self._synchrony = synchrony
        self._keep = keep
        self._hold = hold
        self._listen = listen
        self._is_ours = is_ours

    async def run(self) -> None:
        """Listen until cancelled; what cannot be believed is counted and passed over."""
        ear = Ear(self.meter.protocols)
        async with aclosing(self.probe.chunks()) as chunks:
            async for chunk in chunks:
                believed = bool(self._synchrony)  # of the moment at which it arrived; later it may be set
                self.heard.take(chunk.data)
                for found in ear.hear(chunk):
                    await self._take(found, believed=believed)

    async def _take(self, found: Telegram | Damage, *, believed: bool) -> None:
        if self.hearing and self.hearing.lamp and not self.hearing.lamp.judges(found):
            self.heard.dazzled += 1
            return
        if isinstance(found, Damage):
            self._damaged(found.kind)
            return
        try:
            reading = self.meter.read(found)
        except TelegramError as error:
            self._damaged(error.kind)
            return
        if not self.meter.recognises(reading):
            self.heard.foreign += 1
            return
        if not await self._is_ours(reading):
            self.heard.strangers += 1
            return
        if self.hearing:
            self.hearing.take(found)
        self.heard.whole += 1
        self.heard.last = reading
        await (self._measure(reading, found.at) if believed else self._hold_back(reading, found.ended))
        self._listen(reading, found.at)

    async def _measure(self, reading: Reading, at: datetime) -> None:
        if measurement := self._schedule.place(reading, at):
            await self._keep(measurement)
            self._schedule.fill(measurement)

    async def _hold_back(self, reading: Reading, tick: float) -> None:
        if undated := self._schedule.place_undated(reading, tick):
            await self._hold(undated)
            self._schedule.hold(undated)

    def _damaged(self, kind: str) -> None:
        self.heard.damaged += 1
        logger.debug("%s: damaged telegram (%s)", self.probe.port.url, kind)
