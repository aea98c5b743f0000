"""Light: what a probe's LED can do, in two ways of lighting it.

The LED is lit by a spacing line: held by the break condition, or sent as runs of 0x00, in which nine bit times of ten
are spacing and whose length is bytes × 10 / baud rate. `send_break` is used by neither: on Linux it ignores the length
that it is asked for.
"""

import asyncio
import fcntl
import math
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, Protocol

from edge_app.clock import Clock
from edge_app.model.telegram import Damage, Telegram

Driver = Literal["break", "zeros"]
CHUNK = 0.005
"""Seconds of light in one write of zeros."""
AHEAD = 0.012
"""Seconds by which zeros are written before they are due, so that a line does not run dry between two writes."""
_BITS = 10
TIOCSBRK, TIOCCBRK = 0x5427, 0x5428
"""Set and clear the break condition (Linux, asm-generic/ioctls.h); Python's termios does not name them."""


class Spacing(Protocol):
    """Holds a line spacing, or lets it rest."""

    async def space(self) -> None:
        """Begin to hold the line spacing."""
        ...

    async def rest(self) -> None:
        """Let it rest, at once."""
        ...

    async def space_for(self, seconds: float) -> None:
        """Hold it spacing for so long."""
        ...


class Lamp:
    """The LED of one probe: on, off, and a pulse of a duration; it remembers when it last shone."""

    def __init__(self, spacing: Spacing, *, clock: Clock, inverted: bool = False) -> None:
        self._spacing = spacing
        self._clock = clock
        self._inverted = inverted
        self._dark_since = -math.inf
        """On the monotonic clock; infinite while it shines."""

    async def on(self) -> None:
        self._dark_since = math.inf
        await (self._spacing.rest() if self._inverted else self._spacing.space())

    async def off(self) -> None:
        await (self._spacing.space() if self._inverted else self._spacing.rest())
        self._went_dark()

    async def pulse(self, seconds: float) -> None:
        """Shine for so long; whatever happens meanwhile, it is dark afterwards."""
        try:
            if self._inverted:
                await self.on()
                await self._clock.sleep(seconds)
            else:
                self._dark_since = math.inf
                await self._spacing.space_for(seconds)
        finally:
            await self.off()

    async def release(self) -> None:
        """Let the line rest and send nothing more; an inverted head glows by itself then."""
        await self._spacing.rest()

    def judges(self, found: Telegram | Damage) -> bool:
        """Whether what was heard says anything of the meter: the LED's own light may reach the receiver."""
        return found.began > self._dark_since

    def _went_dark(self) -> None:
        if self._dark_since == math.inf:
            self._dark_since = self._clock.monotonic()


class BreakSpacing:
    """The break condition of a local serial port, set and cleared by the kernel (tty_ioctl(4))."""

    def __init__(self, descriptor: int, *, clock: Clock) -> None:
        self._descriptor = descriptor
        self._clock = clock

    async def space(self) -> None:
        fcntl.ioctl(self._descriptor, TIOCSBRK)

    async def rest(self) -> None:
        fcntl.ioctl(self._descriptor, TIOCCBRK)

    async def space_for(self, seconds: float) -> None:
        await self.space()
        await self._clock.sleep(seconds)


class ZeroSpacing:
    """Runs of 0x00, paced by the clock; a duration is exact by the count of bytes."""

    def __init__(self, write: Callable[[bytes], None], *, baudrate: int, clock: Clock) -> None:
        self._write = write
        self._rate = baudrate / _BITS
        self._clock = clock
        self._endless: asyncio.Task[None] | None = None

    async def space(self) -> None:
        if self._endless is None:
            self._endless = asyncio.create_task(self._send(None))

    async def rest(self) -> None:
        endless, self._endless = self._endless, None
        if endless:
            endless.cancel()
            await asyncio.wait([endless])

    async def space_for(self, seconds: float) -> None:
        begin = self._clock.monotonic()
        await self._send(round(seconds * self._rate))
        await self._clock.sleep(begin + seconds - self._clock.monotonic())

    async def _send(self, count: int | None) -> None:
        """Write so many zeros, endlessly for None, each chunk a little before it is due."""
        begin, sent = self._clock.monotonic(), 0
        while count is None or sent < count:
            due = math.ceil((self._clock.monotonic() - begin + AHEAD) * self._rate)
            some = (due if count is None else min(due, count)) - sent
            if some > 0:
                self._write(bytes(some))
                sent += some
            await self._clock.sleep(CHUNK)


def fitting_driver(url: str) -> Driver:
    """How the LED on a port can be lit: a local serial port carries a break, a network or a pseudo-terminal does not.

    A CH340 imitates the break with a length of its own, so it gets zeros too.
    """
    path = Path(url)
    if "://" in url or path.resolve().parts[:3] == ("/", "dev", "pts") or _is_ch340(path):
        return "zeros"
    return "break"


def _is_ch340(path: Path) -> bool:
    """Whether the kernel's ch341 driver, which serves CH340 and CH341, has the port."""
    driver = Path("/sys/class/tty") / path.resolve().name / "device" / "driver"
    return driver.resolve().name.startswith("ch341")


@asynccontextmanager
async def lamp(
    url: str,
    write: Callable[[bytes], None],
    *,
    baudrate: int,
    clock: Clock,
    driver: Driver | None = None,
    inverted: bool = False,
) -> AsyncIterator[Lamp]:
    """The LED of an open port, dark at the beginning and at the end.

    The driver is chosen by what the port can carry where none is named; `write` sends bytes on the line. Raises
    OSError where a break was asked for and the port has none.
    """
    if (driver or fitting_driver(url)) == "zeros":
        async with _dark(
            Lamp(ZeroSpacing(write, baudrate=baudrate, clock=clock), clock=clock, inverted=inverted)
        ) as led:
            yield led
        return
    descriptor = os.open(url, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        async with _dark(Lamp(BreakSpacing(descriptor, clock=clock), clock=clock, inverted=inverted)) as led:
            yield led
    finally:
        os.close(descriptor)


@asynccontextmanager
async def _dark(led: Lamp) -> AsyncIterator[Lamp]:
    """Begin and end dark, and leave no task behind that sends."""
    await led.off()
    try:
        yield led
    finally:
        await led.off()
        await led.release()
