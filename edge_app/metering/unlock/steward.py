"""The steward of a meter: sees to it that power is shown, and enters the PIN where it is not.

Read, look for the codes of power, and where they stay away for long and a PIN is kept, enter it: once. A PIN that has
worked is entered again after the meter has locked itself; one that has failed only after a person has asked for it.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from uuid import UUID

from edge_app.clock import Clock
from edge_app.metering.probe.light import Lamp
from edge_app.metering.probe.probe import Connection
from edge_app.metering.station import Station
from edge_app.metering.unlock.hearing import Hearing
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.policy import finding, is_brief, obstacle
from edge_app.metering.unlock.steps import Phase
from edge_app.metering.unlock.timing import Timing
from edge_app.metering.unlock.unlocking import Outcome, Progress, Result
from edge_app.metering.watch.incident_book import IncidentBook
from edge_app.model.incident import Cause, Kind
from edge_app.store import Store, attempts, pins
from edge_app.store.pins import KeptPin
from edge_app.store.vault import Vault

logger = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks."""
GONE_EVERY = 1.0
"""Seconds between two looks whether the line is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stewardship:
    """What a steward may do with one meter."""

    lamp: Callable[[Connection], AbstractAsyncContextManager[Lamp]]
    """Takes hold of the LED of an open line; raises OSError where it cannot be switched."""
    timing: Timing | None
    """The timing of this very meter; None where no PIN is known to be entered by light."""
    overrides: Mapping[str, float] = field(default_factory=dict)
    """Where it differs from that of the model."""
    keep_alive: bool = False
    """Whether a meter that shows its power for two minutes only is pulsed now and then to go on."""
    after: float = 600.0
    """Seconds for which power has to stay away."""


class Steward:
    """Opens and closes the incident `OBIS-CODES-UNAVAILABLE` of one meter; cancelled, it leaves the light off."""

    def __init__(
        self,
        station: Station,
        book: IncidentBook,
        *,
        meter: UUID,
        store: Store,
        vault: Vault,
        clock: Clock,
        may: Stewardship,
    ) -> None:
        self._station = station
        self._book = book
        self._meter = meter
        self._store = store
        self._vault = vault
        self._clock = clock
        self._may = may
        self._hearing = Hearing(station.meter, clock=clock)
        station.hearing = self._hearing
        self._seen = 0
        """Telegrams that were there at the last look."""
        self._locked_since: float | None = None
        self._pulse_due = -math.inf

    async def run(self) -> None:
        """Tend to the meter until cancelled."""
        while True:
            line = self._station.probe.connection
            if line:
                await self._at(line)
            await self._clock.sleep(EVERY)

    async def _at(self, line: Connection) -> None:
        """Tend to the meter for as long as this line is open."""
        light = self._may.lamp(line) if self._may.timing else nullcontext()
        try:
            async with light as lamp:
                self._hearing.lamp = lamp
                await self._while_open(line, self._tend(lamp))
        except OSError as error:
            logger.warning("%s: the light cannot be switched: %s", line.port.url, error)
            await self._while_open(line, self._tend(None))

    async def _while_open(self, line: Connection, tending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(tending)
        try:
            while self._station.probe.connection is line and not task.done():
                await self._clock.sleep(GONE_EVERY)
        finally:
            task.cancel()
            await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    async def _tend(self, lamp: Lamp | None) -> None:
        while True:
            await self._look(lamp)
            await self._clock.sleep(EVERY)

    async def _look(self, lamp: Lamp | None) -> None:
        """Look at the newest reading, where there is a new one, and do what it asks for."""
        heard = self._station.heard
        if heard.last is None or heard.whole == self._seen:
            return
        self._seen = heard.whole
        now = self._clock.monotonic()
        if heard.last.unlocked:
            self._locked_since = None
            await self._book.close(Kind.OBIS_CODES_UNAVAILABLE)
            if lamp and self._may.keep_alive and now >= self._pulse_due:
                await self._pulse(lamp)
            return
        if self._locked_since is None:
            self._locked_since = now
        if now - self._locked_since >= self._may.after:
            await self._unlock(lamp)

    async def _unlock(self, lamp: Lamp | None) -> None:
        """Enter the PIN, or say what stands against it."""
        kept = await self._store.run(pins.kept, self._vault, self._meter)
        if kept is None or self._may.timing is None:
            await self._book.open(finding(Cause.LOCKED))
            return
        made = await self._store.run(attempts.made, kept.token)
        cause = obstacle(made, keep_alive=self._may.keep_alive)
        if cause is None and lamp:
            await self._enter(lamp, kept, watch=not is_brief(made))
        else:
            await self._book.open(finding(cause or Cause.DARK))

    async def _enter(self, lamp: Lamp, kept: KeptPin, *, watch: bool) -> None:
        """Enter the PIN once, which is noted before the first light, and how it ended after the last."""
        attempt = await self._store.run(attempts.begin, kept.token, self._clock.now())
        phase: Phase | None = None
        outcome: Outcome | None = None

        def note(progress: Progress) -> None:
            nonlocal phase
            phase = progress.phase

        meter = self._station.meter
        logger.info("%s: the power stays away; the PIN is entered by light", meter.model)
        try:
            outcome = await meter.enable_detailed_readout(
                Pin.parse(kept.text),
                lamp=lamp,
                hear=self._hearing.next,
                clock=self._clock,
                report=note,
                overrides=self._may.overrides,
                watch=watch,
            )
        finally:
            if phase in (Phase.LOOK, Phase.SETTLE):  # it has come to no light
                await self._store.run(attempts.withdraw, attempt)
            elif outcome:
                result = outcome.result
                await self._store.run(attempts.finish, attempt, result=result, worked=result.unlocked)
        logger.info("%s: the PIN was entered (%s)", meter.model, outcome.result)
        if outcome.result is Result.SILENT:
            self._locked_since = None

    async def _pulse(self, lamp: Lamp) -> None:
        """Keep a full telegram coming, where the PIN is known to last for two minutes only."""
        kept = await self._store.run(pins.kept, self._vault, self._meter)
        if kept and self._may.timing and is_brief(await self._store.run(attempts.made, kept.token)):
            self._pulse_due = self._clock.monotonic() + self._may.timing.keep_alive_every
            await lamp.pulse(self._may.timing.keep_alive_on)
