"""Real lines for the tests: a pseudo-terminal, and a TCP port, with somebody who speaks on them."""

import asyncio
import os
import termios
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol


class Speaker(Protocol):
    """The meter's end of a line."""

    url: str

    def say(self, data: bytes) -> None:
        """Send bytes to whoever reads."""
        ...

    def hang_up(self) -> None:
        """Close this end, as an adapter that is unplugged."""
        ...


class Pty:
    """A pseudo-terminal; the reader opens the path."""

    def __init__(self) -> None:
        self._meter, self._reader = os.openpty()
        tty.setraw(self._reader)
        self.url = os.ttyname(self._reader)

    def say(self, data: bytes) -> None:
        os.write(self._meter, data)

    def forget(self) -> None:
        """Throw away what nobody has read, so that whoever waits to say more waits no longer."""
        termios.tcflush(self._reader, termios.TCIFLUSH)

    def heard(self, count: int) -> bytes:
        """The next bytes that the reader sent."""
        got = b""
        while len(got) < count:
            got += os.read(self._meter, count - len(got))
        return got

    def hang_up(self) -> None:
        for end in (self._meter, self._reader):
            if end >= 0:
                os.close(end)
        self._meter = self._reader = -1


@contextmanager
def pty() -> Iterator[Pty]:
    line = Pty()
    try:
        yield line
    finally:
        line.hang_up()


class Tcp:
    """A TCP port; what is said goes to everyone who is connected, and to the next one who comes."""

    def __init__(self) -> None:
        self.url = ""
        self.connected = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def welcome(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.connected.set()

    def say(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()


@asynccontextmanager
async def tcp() -> AsyncIterator[Tcp]:
    line = Tcp()
    server = await asyncio.start_server(line.welcome, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    line.url = f"socket://{host}:{port}"
    try:
        yield line
    finally:
        line.hang_up()
        server.close()
        await server.wait_closed()


def by_link(line: Pty, link: Path) -> str:
    """Put a stable name before a pseudo-terminal, as udev does for an adapter; put again after it was replaced."""
    fresh = link.with_suffix(".new")
    fresh.symlink_to(line.url)
    fresh.rename(link)
    return str(link)
