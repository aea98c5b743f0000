"""A probe: the optical reading head and its serial line, as chunks of bytes with the moment of their arrival."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from edge_app.clock import Clock
from edge_app.errors import ProbeError
from edge_app.metering.probe.lines import Driver, Writer, open_line
from edge_app.model.telegram import Chunk

logger = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before a port is opened again, growing; the last one repeats."""
CLOSING = 2.0
"""Seconds for a port to be closed, so that whoever opens it next does not find it busy."""
_MOST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """Where a probe hangs, and how it is opened."""

    url: str
    baudrate: int = 9600
    driver: Driver = "serialx"
    silence: float = 30.0
    """Seconds without a byte after which the port is taken for lost."""


class Connection:
    """An open port: bytes come, and bytes may be sent, which light the LED."""

    def __init__(self, port: Port, reader: asyncio.StreamReader, writer: Writer, *, clock: Clock) -> None:
        self.port = port
        self.write = writer.write
        self._reader = reader
        self._clock = clock

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Give bytes as they come. Raises ProbeError when the port goes away or falls silent."""
        while data := await self._some():
            yield Chunk(data=data, at=self._clock.now(), monotonic=self._clock.monotonic())
        raise ProbeError("lost", f"{self.port.url}: the other side has hung up")

    async def _some(self) -> bytes:
        try:
            async with asyncio.timeout(self.port.silence):
                return await self._reader.read(_MOST)
        except TimeoutError:
            raise ProbeError("silent", f"{self.port.url}: not a byte for {self.port.silence:g} s") from None
        except Exception as error:  # each driver has its own way of saying that a port has gone
            raise ProbeError("lost", f"{self.port.url}: {error}") from error


@asynccontextmanager
async def connected(port: Port, clock: Clock) -> AsyncIterator[Connection]:
    """Open a port once. Raises ProbeError with the cause told apart."""
    reader, writer = await open_line(port.url, baudrate=port.baudrate, driver=port.driver)
    try:
        yield Connection(port, reader, writer, clock=clock)
    finally:
        writer.close()
        with suppress(Exception):  # a port that went away has its own ways to fail at closing
            async with asyncio.timeout(CLOSING):
                await writer.wait_closed()


class Probe:
    """Opens its port, and again with growing pauses whenever that fails or the bytes stop coming."""

    def __init__(self, port: Port, *, clock: Clock) -> None:
        self.port = port
        self.trouble: ProbeError | None = None
        """Why there are no bytes at present; None while there are."""
        self.connection: Connection | None = None
        """The open port; None while there is none."""
        self.turned: float | None = None
        """When it last gave bytes or turned to its port, on the monotonic clock; None while nobody listens."""
        self._clock = clock

    async def chunks(self) -> AsyncGenerator[Chunk, None]:
        """Bytes as they come, without end; that they stay away is told by the incident that the line's watch opens."""
        failures = 0
        while True:
            self.turned = self._clock.monotonic()
            try:
                async with connected(self.port, self._clock) as line, aclosing(line.chunks()) as chunks:
                    self.connection = line
                    async for chunk in chunks:
                        self.turned = self._clock.monotonic()
                        self._well()
                        failures = 0
                        yield chunk
            except ProbeError as error:
                self._unwell(error)
            finally:
                self.connection = None
            await self._clock.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _well(self) -> None:
        if self.trouble:
            logger.debug("%s gives bytes again", self.port.url)
        self.trouble = None

    def _unwell(self, error: ProbeError) -> None:
        if self.trouble is None or self.trouble.kind != error.kind:
            logger.debug("%s", error)
        self.trouble = error
