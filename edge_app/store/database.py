"""The database file: opened as it has to be, checked, brought up to date, and moved aside when it is damaged."""

import glob
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from edge_app.store.migrations import migrations

logger = logging.getLogger(__name__)

PAGE = 1024
"""Bytes; a row that is kept touches three pages, and each goes to the card as a whole."""
CHECKPOINT = 2 * 1024 * 1024
"""Bytes of the write-ahead log after which it is carried into the database."""
LOG_BYTES = 4 * 1024 * 1024
"""What the write-ahead log may keep of the disk after a checkpoint."""


def open_database(path: Path, *, largest: int, now: datetime) -> Database:
    """Open the database for writing, new where there is none, or where what is there is damaged.

    `largest` caps it in bytes. Raises sqlite3.Error when it can be neither used nor replaced.
    """
    try:
        return _open(path, largest)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    _move_aside(path, now)
    return _open(path, largest)


@contextmanager
def looking(path: Path) -> Iterator[Database]:
    """Look into the database beside whoever writes it, changing nothing. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield Database(connection, execute_plugins=False)


def soundness(db: Database) -> str:
    """What is wrong with the file, `ok` if nothing is."""
    found: str = db.execute("pragma quick_check(1)").fetchone()[0]
    return found


def is_full(error: sqlite3.Error) -> bool:
    """Whether the disk, or the database within its cap, has no room; in WAL mode also said by the shared index."""
    code = getattr(error, "sqlite_errorcode", None)
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_WRITE}


def is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest the occasion
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def checkpoint(db: Database) -> None:
    """Carry the write-ahead log into the database, so that it is written from its beginning again."""
    db.execute("pragma wal_checkpoint(restart)").fetchall()


def empty_log(db: Database) -> None:
    """Carry the write-ahead log into the database and give its space back."""
    db.execute("pragma wal_checkpoint(truncate)").fetchall()


def moved_aside(path: Path) -> list[Path]:
    """The damaged files that once stood in the place of this one, with their logs."""
    return sorted(path.parent.glob(f"{glob.escape(path.name)}.[0-9]*Z*"))


def _open(path: Path, largest: int) -> Database:
    connection = sqlite3.connect(path)
    try:
        db = Database(connection, execute_plugins=False)
        db.execute(f"pragma page_size = {PAGE}")  # of a new file; one that is there keeps its own
        db.execute("pragma journal_mode = wal").fetchall()
        db.execute(f"pragma wal_autocheckpoint = {CHECKPOINT // PAGE}").fetchall()
        db.execute("pragma synchronous = full")
        db.execute("pragma secure_delete = on").fetchall()
        db.execute(f"pragma journal_size_limit = {LOG_BYTES}").fetchall()
        (page,) = db.execute("pragma page_size").fetchone()
        db.execute(f"pragma max_page_count = {largest // page}").fetchall()
        _check(db)
        migrations.apply(db)
    except BaseException:
        connection.close()
        raise
    return db


class _Damage(sqlite3.DatabaseError):
    """What quick_check found."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _check(db: Database) -> None:
    if (found := soundness(db)) != "ok":
        raise _Damage(found)


def _move_aside(path: Path, now: datetime) -> None:
    """Give the file and its log another name, under which SQLite still knows that they belong together."""
    aside = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%S.%fZ}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    logger.error("%s: the database is damaged; it is kept as %s, and a new one begins", path, aside.name)
