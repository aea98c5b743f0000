"""Unlocking a meter by light: look, let the menu close, wake, enter the PIN, verify, and watch whether it lasts.

One attempt, never a second one by itself: a wrong PIN is silent, and some meters lock out after a few. A long press
is made only after a person has said what the display shows: one place before InF it deletes the history.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge_app.clock import Clock
from edge_app.metering.probe.light import Lamp
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.steps import Phase, Step, duration, entry, press, walk
from edge_app.metering.unlock.timing import Timing
from edge_app.model.obis import ENERGY_OUT, Obis
from edge_app.model.reading import Reading

TELEGRAMS = 10
"""So many telegrams are looked at before a PIN is said to have failed."""
HEARING = 60.0
"""Seconds within which those telegrams have to come; the slowest meter sends one every four seconds."""
WATCH = 150.0
"""Seconds without light after which a full telegram is called lasting: menus close after 120."""
ANSWER = 90.0
"""Seconds in which a person has to say what the display shows, before the menu closes by itself."""
INF = "InF"
QUESTION = "What does the display show? (InF, or anything else to stop) "


class Result(StrEnum):
    """How unlocking ended."""

    ALREADY = "already"
    """The meter showed its power before any light."""
    LASTING = "lasting"
    SHOWN = "shown"
    """Power is there; nobody wanted to watch whether it lasts."""
    TWO_MINUTES = "two-minutes"
    """It worked and went away again: keep-alive pulses would keep it."""
    NEEDS_WALK = "needs-walk"
    """The PIN was entered; on this model the telegram lengthens only once InF is switched on in the menu."""
    DECLINED = "declined"
    """A person said that the display does not show InF, or said nothing."""
    LOCKED = "locked"
    """The PIN was entered and the meter stayed locked."""
    SILENT = "silent"
    """No telegram came that could be looked at; no light was used."""

    @property
    def unlocked(self) -> bool:
        return self in (Result.ALREADY, Result.LASTING, Result.SHOWN, Result.TWO_MINUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    result: Result
    before: tuple[Obis, ...]
    """The registers that the meter showed at first."""
    after: tuple[Obis, ...]
    """Those that it showed at last."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where unlocking stands."""

    phase: Phase
    digit: int | None
    seconds_left: float


Hear = Callable[[float], Awaitable[Reading | None]]
"""Gives the next reading that no light has touched, or None when there is none within so many seconds."""
Ask = Callable[[str], Awaitable[str]]
"""Asks a person and gives the answer; an empty one when there is nobody."""


class Unlocking:
    """One attempt on one meter; `run` may be cancelled at any moment and leaves the light off."""

    def __init__(
        self,
        *,
        timing: Timing,
        lamp: Lamp,
        hear: Hear,
        clock: Clock,
        report: Callable[[Progress], None],
        ask: Ask | None,
        watch: bool = True,
    ) -> None:
        self._timing = timing
        self._lamp = lamp
        self._hear = hear
        self._clock = clock
        self._report = report
        self._ask = ask
        self._seconds = WATCH if watch else 0.0

    async def run(self, pin: Pin) -> Outcome:
        """Try once; with somebody to `ask`, go on into the menu where the model needs it."""
        begin = self._clock.monotonic()
        self._tell(Phase.LOOK, left=duration(entry(self._timing, pin)) + self._seconds)
        before = await self._hear(HEARING)
        if before is None:
            return Outcome(result=Result.SILENT, before=(), after=(), seconds=self._clock.monotonic() - begin)
        result, after = await self._try(pin, before)
        return Outcome(
            result=result,
            before=tuple(before.registers),
            after=tuple(after.registers),
            seconds=self._clock.monotonic() - begin,
        )

    async def _try(self, pin: Pin, before: Reading) -> tuple[Result, Reading]:
        if before.unlocked:
            return Result.ALREADY, before
        await self._shine(entry(self._timing, pin), then=self._seconds)
        after = await self._verify(before)
        if after.unlocked:
            return await self._watch(after)
        if not self._timing.walks:
            return Result.LOCKED, after
        if self._ask is None:
            return Result.NEEDS_WALK, after
        if not await self._is_at_inf(self._ask, two_way=ENERGY_OUT in before.registers):
            return Result.DECLINED, after
        await self._shine(press(self._timing), then=self._seconds)
        after = await self._verify(after)
        return await self._watch(after) if after.unlocked else (Result.LOCKED, after)

    async def _is_at_inf(self, ask: Ask, *, two_way: bool) -> bool:
        """Walk to where InF should be, and let a person say what stands there."""
        await self._shine(walk(self._timing, two_way=two_way), then=ANSWER + self._timing.long_on + self._seconds)
        self._tell(Phase.CONFIRM, left=ANSWER + self._timing.long_on + self._seconds)
        try:
            async with asyncio.timeout(ANSWER):
                answer = await ask(QUESTION)
        except TimeoutError:
            return False
        return answer.strip().casefold() == INF.casefold()

    async def _shine(self, steps: Sequence[Step], *, then: float) -> None:
        """Take the steps; `then` are the seconds that come after them."""
        left = duration(steps) + then
        for step in steps:
            self._tell(step.phase, left=left, digit=step.digit)
            await (self._lamp.pulse(step.seconds) if step.light else self._clock.sleep(step.seconds))
            left -= step.seconds

    async def _verify(self, before: Reading) -> Reading:
        """Look at ten telegrams, fewer as soon as power is there; the last one seen."""
        last, end = before, self._clock.monotonic() + HEARING
        for _ in range(TELEGRAMS):
            self._tell(Phase.VERIFY, left=self._seconds)
            heard = await self._hear(end - self._clock.monotonic())
            if heard is None:
                break
            last = heard
            if last.unlocked:
                break
        return last

    async def _watch(self, after: Reading) -> tuple[Result, Reading]:
        """Watch without light until power goes away, or long enough to call it lasting; silence proves nothing."""
        if not self._seconds:
            return Result.SHOWN, after
        end, last = self._clock.monotonic() + self._seconds, None
        while (left := end - self._clock.monotonic()) > 0:
            self._tell(Phase.WATCH, left=left)
            heard = await self._hear(left)
            if heard is not None and not heard.unlocked:
                return Result.TWO_MINUTES, after
            last = heard or last
        return (Result.LASTING if last else Result.TWO_MINUTES), last or after

    def _tell(self, phase: Phase, *, left: float, digit: int | None = None) -> None:
        self._report(Progress(phase=phase, digit=digit, seconds_left=left))


async def keep_alive(lamp: Lamp, timing: Timing, clock: Clock) -> None:
    """Pulse for ever, so that a full telegram goes on that would last for two minutes only."""
    while True:
        await lamp.pulse(timing.keep_alive_on)
        await clock.sleep(timing.keep_alive_every)
