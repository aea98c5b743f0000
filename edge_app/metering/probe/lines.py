"""Lines: opening a device path, `socket://` or `rfc2217://` by one of two drivers, without blocking the event loop.

A line is opened with eight data bits and no parity, whatever the meter speaks: see `SerialLine`.
"""

import asyncio
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, Protocol

import serial
import serial_asyncio
import serialx

from edge_app.errors import ProbeError
from edge_app.metering.probe.threaded_line import ThreadedLine

Driver = Literal["serialx", "pyserial-asyncio"]
_CONNECT_TIMEOUT = 10.0


class Writer(Protocol):
    """The sending half of a line."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...

    async def wait_closed(self) -> None: ...


async def open_line(url: str, *, baudrate: int, driver: Driver) -> tuple[asyncio.StreamReader, Writer]:
    """Open a line for reading and writing. Raises ProbeError with the cause told apart."""
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            if url.startswith("rfc2217://"):
                line = await ThreadedLine.open(url, baudrate)
                return line.reader, line
            return await _DRIVERS[driver](url, baudrate)
    except TimeoutError:
        raise ProbeError("absent", f"{url} did not open within {_CONNECT_TIMEOUT:.0f} s") from None
    except (OSError, ValueError, serial.SerialException, serialx.SerialException) as error:
        raise _cause(url, error) from error


async def _by_serialx(url: str, baudrate: int) -> tuple[asyncio.StreamReader, Writer]:
    return await serialx.open_serial_connection(url, baudrate=baudrate)


async def _by_pyserial_asyncio(url: str, baudrate: int) -> tuple[asyncio.StreamReader, Writer]:
    """Open in a thread, since pyserial waits for the port."""
    loop = asyncio.get_running_loop()
    port = await asyncio.to_thread(serial.serial_for_url, url, baudrate=baudrate)
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await serial_asyncio.connection_for_serial(loop, lambda: protocol, port)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


_DRIVERS: dict[Driver, Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, Writer]]]] = {
    "serialx": _by_serialx,
    "pyserial-asyncio": _by_pyserial_asyncio,
}

_KINDS = {
    errno.ENOENT: "absent",
    errno.ENXIO: "absent",
    errno.ENODEV: "absent",
    errno.ECONNREFUSED: "absent",
    errno.EBUSY: "busy",
    errno.EAGAIN: "busy",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
}
_WORDS = {
    "absent": "there is no such port",
    "busy": "another program has it open",
    "denied": "this user may not open it",
    "lost": "it is there and cannot be used",
    "unfit": "this is no address of a port (expected a device path, socket://host:port or rfc2217://host:port)",
}


def _cause(url: str, error: Exception) -> ProbeError:
    """Tell the causes apart by the number of the error that lies at the bottom, whoever wrapped it."""
    number = None
    inner: BaseException | None = error
    while inner is not None and number is None:
        number = getattr(inner, "errno", None)
        inner = inner.__cause__ or inner.__context__
    kind = _KINDS.get(number or 0)
    if kind is None and "://" not in url and not Path(url).exists():
        kind = "absent"
    if kind is None:
        kind = "unfit" if isinstance(error, ValueError) or "scheme" in str(error).lower() else "lost"
    return ProbeError(kind, f"{url}: {_WORDS[kind]}")
