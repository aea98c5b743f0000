"""The entry of a PIN on a visit: by light, once, with a person who can stop it and says what the display shows."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from edge_app.clock import Clock
from edge_app.config import MeterConfig
from edge_app.errors import EdgeError
from edge_app.metering.meter import Meter
from edge_app.metering.unlock.hearing import Hearing
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.steps import Phase
from edge_app.metering.unlock.unlocking import INF, Outcome, Progress, Result
from edge_app.setup.visit import Visit
from edge_app.store import Store, attempts, fittings, pins
from edge_app.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where the PIN and its attempts are noted."""

    store: Store
    vault: Vault
    meter: UUID


class Entry:
    """One attempt; `progress` tells how it goes and `result` how it ended."""

    def __init__(self, visit: Visit, meter: Meter, *, settings: MeterConfig, kept: Kept, clock: Clock) -> None:
        self.progress: Progress | None = None
        self.result: Result | None = None
        self.failed = False
        """Whether the light could not be switched."""
        self._visit = visit
        self._meter = meter
        self._settings = settings
        self._kept = kept
        self._clock = clock
        self._told_at = 0.0
        self._answer: asyncio.Future[str] | None = None

    @property
    def asks(self) -> bool:
        """Whether it waits for a person to say if the display shows InF."""
        return self._answer is not None and not self._answer.done()

    @property
    def seconds_left(self) -> float:
        """What was left when it last told, less what has passed since; it tells at each step, and one lasts minutes."""
        if self.progress is None:
            return 0.0
        return max(0.0, self.progress.seconds_left - (self._clock.monotonic() - self._told_at))

    def answer(self, *, shows_inf: bool) -> None:
        """What stands on the display; harmless when nobody asks."""
        if self._answer and not self._answer.done():
            self._answer.set_result(INF if shows_inf else "")

    async def run(self, pin: Pin) -> None:
        """Seal the PIN, note the attempt before the first light, enter it; cancelled, the light is off."""
        store, vault = self._kept.store, self._kept.vault
        token = await store.run(pins.keep, vault, self._kept.meter, pin.text)
        if token is None:
            return
        await store.run(pins.ask_again, self._kept.meter)
        attempt = await store.run(attempts.begin, token, self._clock.now())
        try:
            outcome = await self._unlock(pin)
        except (EdgeError, OSError):
            self.failed = True
            return
        finally:
            if self.progress is None or self.progress.phase in (Phase.LOOK, Phase.SETTLE):  # it has come to no light
                await store.run(attempts.withdraw, attempt)
        result = outcome.result
        if result not in (Result.ALREADY, Result.SILENT):
            await store.run(attempts.finish, attempt, result=result, worked=result.unlocked)
        await store.run(fittings.unlocked, self._visit.port.url, result)
        self.result = result

    async def _unlock(self, pin: Pin) -> Outcome:
        hearing = Hearing(self._meter, clock=self._clock)
        await self._visit.opened()
        async with self._visit.lamp(driver=self._settings.light, inverted=self._settings.inverted) as led:
            hearing.lamp = led
            self._visit.hearing = hearing
            try:
                return await self._meter.enable_detailed_readout(
                    pin,
                    lamp=led,
                    hear=hearing.next,
                    clock=self._clock,
                    report=self._note,
                    ask=self._ask,
                    overrides=self._settings.unlock,
                )
            finally:
                self._visit.hearing = None

    def _note(self, progress: Progress) -> None:
        self.progress, self._told_at = progress, self._clock.monotonic()

    async def _ask(self, _question: str) -> str:
        self._answer = asyncio.get_running_loop().create_future()
        return await self._answer
