"""Listening to a meter for a while: to detect which it may be, or to read it once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from edge_app.clock import Clock
from edge_app.errors import TelegramError
from edge_app.metering.ear import Ear, read
from edge_app.metering.meter import Meter, SerialLine
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.metering.probe.probe import Port, connected
from edge_app.model.reading import Layout, Reading
from edge_app.model.telegram import Telegram

SEVEN_BITS = SerialLine(bytesize=7, parity="E")
"""The line of mode D (IEC 62056-21)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found on a line."""

    candidates: list[Meter]
    """The models that it may be, best first; empty where no plugin knows it."""
    telegram: Telegram
    reading: Reading

    @property
    def vendor(self) -> str:
        """Who made it, by the plugin or, where none knows it, by the letters that it sends."""
        return self.candidates[0].vendor if self.candidates else self.reading.maker

    @property
    def line(self) -> SerialLine:
        """The settings of the line on which it speaks."""
        if self.candidates:
            return self.candidates[0].line(self.telegram.protocol)
        return SEVEN_BITS if self.reading.layout is Layout.MODE_D else SerialLine()


async def detect(port: Port, *, catalogue: Catalogue, clock: Clock, patience: float) -> Detected | None:
    """Listen until the first whole telegram; None when there is none within `patience` seconds. Raises ProbeError."""
    async with aclosing(_readings(port, clock=clock, patience=patience)) as readings:
        async for telegram, reading in readings:
            return Detected(candidates=catalogue.candidates(reading), telegram=telegram, reading=reading)
    return None


async def read_once(
    port: Port, *, catalogue: Catalogue, model: str | None, clock: Clock, patience: float
) -> tuple[Meter, Telegram, Reading] | None:
    """Listen until the first whole telegram of a model, of any when none is named.

    None when there is none within `patience` seconds. Raises ProbeError, and ConfigError when no model has such a name.
    """
    wanted = catalogue.meter(model) if model else None
    async with aclosing(_readings(port, clock=clock, patience=patience)) as readings:
        async for telegram, reading in readings:
            fitting = [wanted] if wanted else catalogue.candidates(reading)
            for meter in fitting:
                if meter.recognises(reading):
                    return meter, telegram, meter.read(telegram)
    return None


async def _readings(port: Port, *, clock: Clock, patience: float) -> AsyncGenerator[tuple[Telegram, Reading], None]:
    """The readings of one line until the time is over."""
    ear = Ear()
    try:
        async with asyncio.timeout(patience), connected(port, clock) as line, aclosing(line.chunks()) as chunks:
            async for chunk in chunks:
                for found in ear.hear(chunk):
                    if not isinstance(found, Telegram):
                        continue
                    try:
                        reading = read(found)
                    except TelegramError:
                        continue
                    yield found, reading
    except TimeoutError:
        return
