"""A virtual meter with its display in front of a lamp, and a time that jumps from one event to the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from edge_app.metering.catalogue import load
from edge_app.metering.light import Lamp, ZeroSpacing
from edge_app.metering.meter import Meter
from edge_app.metering.pin import Pin
from edge_app.metering.profile import profile
from edge_app.metering.unlocking import Outcome, Progress
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram
from edge_app.simulator.display import USUAL, Display, Setting, rules
from edge_app.simulator.virtual_meter import VirtualMeter

START = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BAUDRATE = 9600


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


@dataclass
class Front:
    """What stands in front of the meter: a lamp, an ear, and whoever reads the display."""

    meter: Meter
    virtual: VirtualMeter
    display: Display
    clock: JumpingClock = field(default_factory=JumpingClock)
    told: list[Progress] = field(default_factory=list)
    written: list[tuple[float, int]] = field(default_factory=list)
    """When zeros were sent, and how many."""
    silent: bool = False

    def __post_init__(self) -> None:
        spacing = ZeroSpacing(self._shine, baudrate=BAUDRATE, clock=self.clock)
        self.lamp = Lamp(spacing, clock=self.clock)
        self.every = self.virtual.variant.every

    def _shine(self, zeros: bytes) -> None:
        self.written.append((self.clock.monotonic(), len(zeros)))
        self.display.see(zeros, self.clock.monotonic())

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


def front(
    model: str, *, pin: str, seed: int = 1, setting: Setting = USUAL, variant: str | None = None, locked: bool = True
) -> Front:
    """Stand in front of a virtual meter."""
    meter = load().meter(model)
    described = profile(type(meter))
    chosen = described.variant(variant)
    display = Display(rules(described, pin=pin, seed=seed, setting=setting), baudrate=BAUDRATE, locked=locked)
    virtual = VirtualMeter(variant=chosen, role="electricity", seed=seed, since=START)
    return Front(meter=meter, virtual=virtual, display=display)
