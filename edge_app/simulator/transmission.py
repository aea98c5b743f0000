"""The way of a telegram from a meter to the line, on which bytes suffer and whole telegrams stay away."""

import random

from edge_app.clock import Clock
from edge_app.simulator.faults import SILENT, Fault, Kind, harm
from edge_app.simulator.line import Line

BITS = 10
"""Of one character on the line, start and stop among them."""
PIECE = 16
"""Characters that leave a paced meter at once, as they do the buffer of a serial port."""
HELD = 16 * 1024
"""Bytes that a stalled bridge keeps; older ones are gone."""


class Transmission:
    """Carries telegrams to a line as the faults of a moment allow."""

    def __init__(
        self, line: Line, faults: tuple[Fault, ...], *, seed: int, clock: Clock, baudrate: int | None = None
    ) -> None:
        """Take a line, and the rate of a meter whose bytes come one after the other; without one they come at once."""
        self._line = line
        self._clock = clock
        self._baudrate = baudrate
        self._faults = faults
        self._chance = random.Random(f"faults {seed}")  # noqa: S311  # the same damage each time is wanted
        self._held = b""
        self._plugged = True

    async def send(self, telegram: bytes, elapsed: float) -> None:
        """Send one telegram, or what becomes of it."""
        active = self._active(elapsed)
        kinds = {fault.kind for fault in active}
        for fault in active:
            if fault.share:
                telegram = harm(telegram, fault, elapsed, self._chance)
        if kinds & SILENT:
            return
        self._held = (self._held + telegram)[-HELD:]
        if Kind.STALLED not in kinds:
            telegram, self._held = self._held, b""
            await self._send(telegram)

    async def _send(self, telegram: bytes) -> None:
        if self._baudrate is None:
            self._line.send(telegram)
            return
        for begin in range(0, len(telegram), PIECE):
            piece = telegram[begin : begin + PIECE]
            await self._clock.sleep(len(piece) * BITS / self._baudrate)
            self._line.send(piece)

    async def wait(self, elapsed: float) -> None:
        """Let time pass: adapters are pulled out and put back between telegrams too."""
        plugged = all(fault.kind is not Kind.UNPLUGGED for fault in self._active(elapsed))
        if plugged and not self._plugged:
            await self._line.plug()
        elif self._plugged and not plugged:
            await self._line.unplug()
        elif plugged:
            self._line.drop_unread()
        self._plugged = plugged

    def _active(self, elapsed: float) -> list[Fault]:
        return [fault for fault in self._faults if fault.active(elapsed)]
