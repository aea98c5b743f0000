"""The line of a virtual meter: a pseudo-terminal behind a stable link, or a TCP port. What nobody reads is gone."""

import asyncio
import os
import select
import termios
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from edge_app.clock import Clock
from edge_app.errors import ConfigError

Heard = Callable[[bytes], None]
"""Is given what the other side writes: the light of its probe."""

PATIENCE = 2.0
"""Seconds after which unread bytes are dropped, so that a late reader hears what the meter says now."""
UNSENT = 4 * 1024
"""Bytes that may wait for a slow reader on a TCP connection, as many as the kernel holds for a serial port."""


class Line(Protocol):
    """Where a meter sends; never waits for a reader."""

    async def plug(self) -> None:
        """Be there for readers. Raises ConfigError where that cannot be."""
        ...

    async def unplug(self) -> None:
        """Vanish, as an adapter that is pulled out; readers notice. Harmless when it is done already."""
        ...

    def send(self, data: bytes) -> None:
        """Send to whoever listens."""
        ...

    def drop_unread(self) -> None:
        """Forget what nobody has read for too long."""
        ...


class PseudoTerminal:
    """A terminal whose other end a reader opens like a serial port.

    Its own end of the other side stays open: without one, the terminal would forget that it is raw.
    """

    def __init__(self, link: Path, *, heard: Heard, clock: Clock) -> None:
        self._link = link
        self._heard = heard
        self._clock = clock
        self._ours = self._theirs = -1
        self._name = ""
        self._unread = select.poll()
        self._read_up_at = clock.monotonic()

    async def plug(self) -> None:
        if self._link.exists() and not self._link.is_symlink():
            raise ConfigError(f"{self._link} is in the way of the link to the virtual meter")
        self._ours, self._theirs = os.openpty()
        try:
            self._name = os.ttyname(self._theirs)
            tty.setraw(self._theirs)
            os.set_blocking(self._ours, False)
            self._unread.register(self._theirs, select.POLLIN)
            self._replace_link()
        except OSError as error:
            self._close()
            raise ConfigError(f"cannot make the link {self._link}: {error.strerror}") from error
        asyncio.get_running_loop().add_reader(self._ours, self._hear)

    async def unplug(self) -> None:
        if self._ours < 0:
            return
        asyncio.get_running_loop().remove_reader(self._ours)
        with suppress(OSError):
            if self._link.readlink() == Path(self._name):
                self._link.unlink()
        self._close()

    def send(self, data: bytes) -> None:
        self.drop_unread()
        with suppress(BlockingIOError):
            os.write(self._ours, data)

    def drop_unread(self) -> None:
        now = self._clock.monotonic()
        if not self._unread.poll(0):
            self._read_up_at = now
        elif now - self._read_up_at >= PATIENCE:
            termios.tcflush(self._theirs, termios.TCIFLUSH)
            self._read_up_at = now

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            self._heard(os.read(self._ours, 65_536))

    def _replace_link(self) -> None:
        fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._name)
        fresh.replace(self._link)

    def _close(self) -> None:
        self._unread = select.poll()
        os.close(self._ours)
        os.close(self._theirs)
        self._ours = self._theirs = -1


class TcpPort:
    """A port to which any number of readers may connect, as to a serial server."""

    def __init__(self, host: str, port: int, *, heard: Heard) -> None:
        self._address = host, port
        self._heard = heard
        self._readers: dict[asyncio.StreamWriter, asyncio.Event] = {}
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that is listened on; the system picks one for zero."""
        return self._address[1]

    @property
    def readers(self) -> int:
        """How many are connected."""
        return len(self._readers)

    @property
    def unsent(self) -> int:
        """Bytes that wait for the slowest reader."""
        return max((reader.transport.get_write_buffer_size() for reader in self._readers), default=0)

    async def plug(self) -> None:
        try:
            self._server = await asyncio.start_server(self._serve, *self._address)
        except OSError as error:
            raise ConfigError(f"cannot listen on {self._address[0]}:{self._address[1]}: {error.strerror}") from error
        self._address = self._address[0], self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for reader, gone in list(self._readers.items()):
            reader.transport.abort()
            await gone.wait()
        await server.wait_closed()

    def send(self, data: bytes) -> None:
        for reader in self._readers:
            if reader.transport.get_write_buffer_size() <= UNSENT:
                reader.write(data)

    def drop_unread(self) -> None:
        """What a connection holds back is bounded where it is sent."""

    async def _serve(self, light: asyncio.StreamReader, reader: asyncio.StreamWriter) -> None:
        self._readers[reader] = gone = asyncio.Event()
        with suppress(OSError):  # a reader may go without a word, as a pulled cable does
            while data := await light.read(65_536):
                self._heard(data)
        del self._readers[reader]
        reader.close()
        with suppress(OSError):
            await reader.wait_closed()
        gone.set()


@asynccontextmanager
async def open_line(
    *, link: Path | None, tcp: tuple[str, int] | None, heard: Heard, clock: Clock
) -> AsyncIterator[PseudoTerminal | TcpPort]:
    """Open the one line that is asked for. Raises ConfigError."""
    line: PseudoTerminal | TcpPort
    match link, tcp:
        case Path(), None:
            line = PseudoTerminal(link, heard=heard, clock=clock)
        case None, (host, port):
            line = TcpPort(host, port, heard=heard)
        case _:
            raise ConfigError("a virtual meter needs either a link or a TCP port")
    try:
        await line.plug()
        yield line
    finally:
        await line.unplug()
