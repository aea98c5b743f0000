"""A probe: the optical reading head and its serial line, as chunks of bytes with the moment of their arrival."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from edge_app.clock import Clock
from edge_app.errors import ProbeError
from edge_app.metering.lines import Driver, open_line
from edge_app.model.telegram import Chunk

logger = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before a port is opened again, growing; the last one repeats."""
_MOST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """Where a probe hangs, and how it is opened."""

    url: str
    baudrate: int = 9600
    driver: Driver = "serialx"
    silence: float = 30.0
    """Seconds without a byte after which the port is taken for lost."""


class Probe:
    """Opens its port, and again with growing pauses whenever that fails or the bytes stop coming."""

    def __init__(self, port: Port, *, clock: Clock) -> None:
        self.port = port
        self.trouble: ProbeError | None = None
        """Why there are no bytes at present; None while there are."""
        self._clock = clock

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Bytes as they come, without end; one log line when they stop and one when they are back."""
        failures = 0
        while True:
            try:
                async with aclosing(listen(self.port, self._clock)) as chunks:
                    async for chunk in chunks:
                        self._well()
                        failures = 0
                        yield chunk
            except ProbeError as error:
                self._unwell(error)
            await self._clock.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _well(self) -> None:
        if self.trouble:
            logger.info("%s gives bytes again", self.port.url)
        self.trouble = None

    def _unwell(self, error: ProbeError) -> None:
        if self.trouble is None or self.trouble.kind != error.kind:
            logger.warning("%s", error)
        self.trouble = error


async def listen(port: Port, clock: Clock) -> AsyncGenerator[Chunk, None]:
    """Open a port once and give its bytes. Raises ProbeError when it cannot be opened, goes away or falls silent."""
    reader, writer = await open_line(port.url, baudrate=port.baudrate, driver=port.driver)
    try:
        while data := await _some(reader, port):
            yield Chunk(data=data, at=clock.now(), monotonic=clock.monotonic())
        raise ProbeError("lost", f"{port.url}: the other side has hung up")
    finally:
        writer.close()


async def _some(reader: asyncio.StreamReader, port: Port) -> bytes:
    try:
        async with asyncio.timeout(port.silence):
            return await reader.read(_MOST)
    except TimeoutError:
        raise ProbeError("silent", f"{port.url}: not a byte for {port.silence:.0f} s") from None
    except Exception as error:  # each driver has its own way of saying that a port has gone
        raise ProbeError("lost", f"{port.url}: {error}") from error
