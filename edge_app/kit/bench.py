"""A bench: a virtual meter with its display in front of a lamp, and a time that jumps from one event to the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from edge_app.metering.meter import Meter
from edge_app.metering.probe.light import Lamp, Spacing
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.unlocking import Outcome, Progress
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram
from edge_app.simulator.display import Display
from edge_app.simulator.virtual_meter import VirtualMeter

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class JumpingClock:
    """Sleeping takes no time: the clock jumps to where the sleeper wanted to be. For one sleeper at a time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += max(seconds, 0)
        await asyncio.sleep(0)


class Torch:
    """Light that falls on a display at once; a line of its own needs no bytes for it."""

    def __init__(self, display: Display, clock: JumpingClock) -> None:
        self._display = display
        self._clock = clock

    async def space(self) -> None:
        self._display.light(on=True, at=self._clock.monotonic())

    async def rest(self) -> None:
        self._display.light(on=False, at=self._clock.monotonic())

    async def space_for(self, seconds: float) -> None:
        await self.space()
        await self._clock.sleep(seconds)


@dataclass
class Bench:
    """What stands in front of the meter: a lamp, an ear, and whoever reads the display."""

    meter: Meter
    virtual: VirtualMeter
    display: Display
    clock: JumpingClock = field(default_factory=JumpingClock)
    told: list[Progress] = field(default_factory=list)
    silent: bool = False

    def __post_init__(self) -> None:
        self.lamp = Lamp(self.spacing(), clock=self.clock)
        self.every = self.virtual.variant.every

    def spacing(self) -> Spacing:
        """What lights the LED."""
        return Torch(self.display, self.clock)

    async def hear(self, patience: float) -> Reading | None:
        """The next telegram of the virtual meter."""
        if self.silent or patience < self.every:
            await self.clock.sleep(patience)
            return None
        await self.clock.sleep(self.every)
        self.virtual.full = self.display.full(self.clock.monotonic())
        data = self.virtual.telegram(self.clock.now())
        protocol = self.virtual.variant.protocol
        return self.meter.read(Telegram(protocol=protocol, data=data, at=self.clock.now()))

    def shows(self) -> str:
        """What somebody in front of the display reads now."""
        self.display.full(self.clock.monotonic())
        return self.display.shows

    def unharmed(self) -> bool:
        """Whether no long press did anything but switch InF on, and all is dark."""
        self.clock.seconds += 1
        self.shows()
        state = self.display.state
        return state.history and not state.energy_cleared and state.protected and state.lit_at is None

    async def unlock(self, pin: str, *, answer: str | Callable[[], str] | None = None, watch: bool = True) -> Outcome:
        """One attempt; with an answer it goes on into the menu. `answer` may read the display."""

        async def ask(_question: str) -> str:
            return answer if isinstance(answer, str) else answer() if answer else ""

        return await self.meter.enable_detailed_readout(
            Pin.parse(pin),
            lamp=self.lamp,
            hear=self.hear,
            clock=self.clock,
            report=self.told.append,
            ask=ask if answer is not None else None,
            watch=watch,
        )
