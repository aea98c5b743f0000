"""The refuge: while the disk cannot be written to, the database goes on in memory, and back onto it when it can be."""

import errno
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlite_utils import Database

from edge_app.store.database import PAGE
from edge_app.store.migrations import migrations

LARGEST = 64 * 1024 * 1024
"""Bytes of a database that still goes into memory; years of two meters are less."""


def cannot_write(error: Exception, folder: Path) -> bool:
    """Whether the disk is at fault, and not what was to be written: it is read-only, or fails."""
    if isinstance(error, sqlite3.Error):
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest the occasion
        failed = kind in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
        return failed or (kind == sqlite3.SQLITE_CANTOPEN and is_read_only(folder))
    return isinstance(error, OSError) and error.errno in {errno.EROFS, errno.EIO}


def is_read_only(folder: Path) -> bool:
    return folder.exists() and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def of(source: Database, *, largest: int) -> Database:
    """A copy in memory. Raises sqlite3.Error where it cannot be read, or is too large for that."""
    (pages,), (size,) = (source.execute(f"pragma {what}").fetchone() for what in ("page_count", "page_size"))
    if pages * size > LARGEST:
        raise sqlite3.OperationalError(
            f"the disk cannot be written to, and {pages * size} bytes are too many for memory"
        )
    memory = sqlite3.connect(":memory:")
    try:
        source.conn.backup(memory)
        db = Database(memory, execute_plugins=False)
        db.execute(f"pragma max_page_count = {largest // size}").fetchall()
        migrations.apply(db)
    except BaseException:
        memory.close()
        raise
    return db


def of_file(path: Path, *, largest: int) -> Database:
    """A copy of a file that can be read, empty where there is none. Raises sqlite3.Error."""
    if not path.exists():
        with closing(sqlite3.connect(":memory:")) as nothing:
            nothing.execute(f"pragma page_size = {PAGE}")
            nothing.execute("vacuum")
            return of(Database(nothing, execute_plugins=False), largest=largest)
    with suppress(sqlite3.Error):
        return _read(path, "mode=ro", largest)
    return _read(path, "immutable=1", largest)  # nobody has left a log, and none can be begun


def _read(path: Path, how: str, largest: int) -> Database:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as connection:
        return of(Database(connection, execute_plugins=False), largest=largest)
