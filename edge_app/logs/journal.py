"""systemd's journal, spoken to in its own protocol, so that what a message is about can be asked for by its field.

`journalctl METER=…` shows what happened at one meter. The protocol: systemd.io/JOURNAL_NATIVE_PROTOCOL.
"""

import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path

from edge_app.logs.lines import fields, places

SOCKET = Path("/run/systemd/journal/socket")
LARGEST = 64 * 1024
"""Bytes of a value; no message of ours comes near."""
PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


class JournalHandler(logging.Handler):
    """Sends each record as a datagram; what the journal does not take at once is lost, as nothing may wait for it."""

    def __init__(self, address: Path) -> None:
        super().__init__()
        self._address = str(address)
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.setblocking(False)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._line.sendto(datagram(record), self._address)
        except OSError:
            self.handleError(record)

    def close(self) -> None:
        self._line.close()
        super().close()


def handler(environment: Mapping[str, str], standard_error: int) -> JournalHandler | None:
    """The way to the journal, if standard error leads there: JOURNAL_STREAM tells by device and inode."""
    found = os.fstat(standard_error)
    if environment.get("JOURNAL_STREAM") != f"{found.st_dev}:{found.st_ino}" or not SOCKET.exists():
        return None
    return JournalHandler(SOCKET)


def datagram(record: logging.LogRecord) -> bytes:
    """A record with its fields, as the journal takes them."""
    told = {
        "MESSAGE": record.getMessage(),
        "PRIORITY": str(next((number for level, number in PRIORITIES if record.levelno >= level), 7)),
        "SYSLOG_IDENTIFIER": "edge-app",
        "LOGGER": record.name,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
        **{name.upper(): value for name, value in fields(record).items()},
    }
    if record.exc_info and record.exc_info[1]:
        told["ERROR"] = places(record.exc_info[1])
    return b"".join(_field(name, value.encode()[:LARGEST]) for name, value in told.items())


def _field(name: str, value: bytes) -> bytes:
    """A value of one line stands behind its name; another has its length before it."""
    if b"\n" not in value:
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
