"""How an SQLite file is opened, to be read or to be written, and how its transactions begin."""

from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

BUSY = 5.0
"""Seconds that SQLite waits for another process."""
LOG_BYTES = 4 * 1024 * 1024
"""What the write-ahead log may keep of the disk after a checkpoint."""


class Opening(Enum):
    """What a connection is for."""

    READ = "read"
    WRITE = "write"
    MIGRATE = "migrate"
    """Tables may be made anew under others that refer to them."""

    def uri(self, path: Path) -> str:
        """The file, as SQLite's URIs name it."""
        return f"{path.absolute().as_uri()}?mode={'ro' if self is Opening.READ else 'rwc'}"

    @property
    def begin(self) -> str:
        """Who writes says so from the first: a transaction that began to read could not always go on to write."""
        return "BEGIN" if self is Opening.READ else "BEGIN IMMEDIATE"

    @property
    def pragmas(self) -> tuple[str, ...]:
        kept = () if self is Opening.READ else ("journal_mode = WAL", f"journal_size_limit = {LOG_BYTES}")
        keys = "OFF" if self is Opening.MIGRATE else "ON"
        return (
            f"busy_timeout = {int(BUSY * 1000)}",
            f"foreign_keys = {keys}",
            *kept,
            "synchronous = FULL",
            "secure_delete = ON",
        )


def prepare(engine: Engine, opening: Opening) -> None:
    """Let each connection of an engine be opened, and each of its transactions begin, for this."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, and as we say
        cursor = connection.cursor()
        for pragma in opening.pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Any) -> None:
        connection.exec_driver_sql(opening.begin)
