"""A line that pyserial reads in a thread of its own: for `rfc2217://`, which no event loop can watch.

serialx speaks RFC 2217 too, and waits for confirmations that pyserial's own server never sends, nor ser2net before a
port without modem lines. pyserial can be told to go on without them.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TypeVar

import serial
import serial.rfc2217

T = TypeVar("T")

_PATIENCE = 0.1
"""Seconds after which a read looks whether it is still wanted."""
_MOST = 4096


class ThreadedLine:
    """An open port: its bytes go into a stream of the event loop, and what is written is sent by a thread."""

    def __init__(self, port: serial.rfc2217.Serial) -> None:
        self.reader = asyncio.StreamReader()
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._closing = threading.Event()
        self._listening = threading.Thread(target=self._listen, name="rfc2217", daemon=True)
        self._listening.start()

    @classmethod
    async def open(cls, url: str, baudrate: int) -> "ThreadedLine":
        """Connect in a thread, since pyserial waits for the other side. Raises serial.SerialException."""
        patient = f"{url}{'&' if '?' in url else '?'}ign_set_control"
        port = serial.rfc2217.Serial(None, baudrate=baudrate, timeout=_PATIENCE)
        port.port = patient
        await asyncio.to_thread(port.open)
        return cls(port)

    def write(self, data: bytes) -> None:
        """Send without waiting; an error shows where the line is read."""
        with contextlib.suppress(serial.SerialException):
            self._port.write(data)

    def close(self) -> None:
        """Stop listening; the thread closes the port."""
        self._closing.set()

    async def wait_closed(self) -> None:
        """Wait until the port is closed."""
        await asyncio.to_thread(self._listening.join)

    def _listen(self) -> None:
        try:
            while not self._closing.is_set():
                data = self._port.read(min(max(self._port.in_waiting, 1), _MOST))
                if data:
                    self._tell(self.reader.feed_data, data)
        except serial.SerialException as error:
            self._tell(self.reader.set_exception, error)
        finally:
            self._close()

    def _close(self) -> None:
        # pyserial leaves its socket open when the other side was the first to go.
        connection: socket.socket = vars(self._port)["_socket"]
        self._port.close()
        connection.close()

    def _tell(self, what: Callable[[T], None], with_what: T) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile: nobody listens any more
            self._loop.call_soon_threadsafe(what, with_what)
