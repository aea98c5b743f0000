"""The copy of the database from before a version ran, and its way back where nobody can read the present one any more.

A copy is named as a damaged database that was moved aside is, so that a revocation removes it too.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from edge_app.fleet.update.files import sync
from edge_app.fleet.update.rights import as_owner

PRIVATE = 0o600


def back_up(database: Path, now: datetime) -> None:
    """Copy the database as it is now. Raises OSError, sqlite3.Error."""
    with as_owner(database.parent):
        for older in copies(database, "before"):
            older.unlink()
        if database.exists():
            copy(database, copy_name(database, now, "before"))


def forget(database: Path) -> None:
    with as_owner(database.parent):
        for file in copies(database, "before"):
            file.unlink()
        sync(database.parent)


def restore(database: Path) -> bool:
    """Put the copy in place of a database that cannot be read; whether that was needed and done.

    The service must not run meanwhile.
    """
    with as_owner(database.parent):
        kept = copies(database, "before")
        if not kept or is_readable(database):
            return False
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        kept[-1].replace(database)
        sync(database.parent)
        return True


def is_readable(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("pragma quick_check(1)").fetchone()
            connection.execute("select max(seq) from measurement").fetchone()
    except sqlite3.Error:
        return False
    return bool(found == "ok")


def copy_name(database: Path, now: datetime, purpose: str) -> Path:
    return database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}-{purpose}")


def copies(database: Path, purpose: str) -> list[Path]:
    """The copies for a purpose, and what was begun of them, oldest first."""
    return sorted(database.parent.glob(f"{database.name}.[0-9]*Z-{purpose}*"))


def copy(database: Path, target: Path) -> None:
    """Copy a database beside its service."""
    beside = target.with_name(f"{target.name}.new")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(beside)) as fresh,
    ):
        source.backup(fresh)
    sync(beside)
    beside.replace(target)
    sync(target.parent)
