"""Light: how exact pulses and the darkness between them are on a pseudo-terminal, with a core busy."""

import asyncio
import os
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from edge_app.clock import SystemClock
from edge_app.metering.probe.light import lamp
from edge_app.metering.probe.lines import open_line

BAUDRATE = 9600
PULSES = (0.4, 0.5, 0.6, 2.0, 0.4, 0.5, 0.6, 2.0, 6.0)
GAP = 0.7
PROMISED = 0.020
"""Seconds by which a pulse may be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactness:
    """The largest errors, in milliseconds."""

    name: str
    pulse: float
    gap: float
    promised: float = PROMISED * 1000

    def lines(self) -> list[str]:
        return [
            self.name,
            f"  pulses off by at most  {self.pulse:6.2f} ms   {self.pulse / self.promised:6.2f} of what is promised",
            f"  gaps off by at most    {self.gap:6.2f} ms   {self.gap / self.promised:6.2f} of what is promised",
        ]


@contextmanager
def busy_core() -> Iterator[None]:
    """Another process that does nothing but count, and ends by itself."""
    counting = subprocess.Popen(
        [sys.executable, "-c", "import time\nend = time.time() + 60\nwhile time.time() < end: pass"]
    )
    try:
        yield
    finally:
        counting.kill()
        counting.wait()


def watch(descriptor: int, count: int) -> list[tuple[float, float]]:
    """Begin and end of each run of zeros: it begins with its first byte and lasts as long as its bytes take."""
    runs: list[tuple[float, float]] = []
    seen = 0
    while seen < count:
        zeros = len(os.read(descriptor, 4096))
        now = time.monotonic()
        seen += zeros
        length = zeros * 10 / BAUDRATE
        if runs and now < runs[-1][1] + 0.03:
            runs[-1] = (runs[-1][0], runs[-1][1] + length)
        else:
            runs.append((now, now + length))
    return runs


async def shine(url: str) -> None:
    clock = SystemClock()
    _, writer = await open_line(url, baudrate=BAUDRATE, driver="serialx")
    async with lamp(url, writer.write, baudrate=BAUDRATE, clock=clock) as led:
        for pulse in PULSES:
            await led.pulse(pulse)
            await clock.sleep(GAP)
    writer.close()


async def measure() -> Exactness:
    meter, reader = os.openpty()
    tty.setraw(reader)
    zeros = sum(round(pulse * BAUDRATE / 10) for pulse in PULSES)
    try:
        with busy_core():
            watching = asyncio.create_task(asyncio.to_thread(watch, meter, zeros))
            await shine(os.ttyname(reader))
            runs = await watching
    finally:
        os.close(meter)
        os.close(reader)
    pulses = [end - begin for begin, end in runs]
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(runs)]
    return Exactness(
        name=f"{len(pulses)} pulses by zeros on a pseudo-terminal, the second core busy",
        pulse=max(abs(got - wanted) for got, wanted in zip(pulses, PULSES, strict=True)) * 1000,
        gap=max(abs(gap - GAP) for gap in gaps) * 1000,
    )


def run() -> Exactness:
    return asyncio.run(measure())
