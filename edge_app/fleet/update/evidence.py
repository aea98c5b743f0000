"""The evidence: what a version did since it was let run, seen from outside of it, in the database and at its page."""

import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from edge_app.config import PagesConfig
from edge_app.fleet.update.rights import as_owner
from edge_app.store.moments import to_micros

PATIENCE = 10.0
"""Seconds."""
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # where pages listen everywhere, they do so here too


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How far the device was at one moment."""

    seq: int = 0
    """The last measurement."""
    confirmed: int = 0
    """The last measurement that the cloud holds."""
    answered_at: int = 0
    """When the cloud last answered, in microseconds since 1970."""
    measured: bool = False
    """Whether anything was measured lately; where nothing was, a new version is not to blame."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was done since a mark."""

    granted: bool = False
    measured: bool = False
    uploaded: bool = False
    answered: bool = False


def mark(database: Path, *, now: datetime, lately: timedelta) -> Mark:
    """Look how far the device is. Raises sqlite3.Error."""
    with _reading(database) as db:
        if db is None:
            return Mark()
        since = to_micros(now - lately)
        return Mark(
            seq=_number(db, "select coalesce(max(seq), 0) from sqlite_sequence where name = 'measurement'"),
            confirmed=_number(db, "select coalesce(max(upto), 0) from confirmation"),
            answered_at=_number(db, "select coalesce(max(answered_at), 0) from contact"),
            measured=_number(db, f"select count(*) from measurement where time > {since}") > 0,  # noqa: S608  # a number
        )


def since(database: Path, before: Mark) -> Seen:
    """Look what was done since. Raises sqlite3.Error."""
    with _reading(database) as db:
        if db is None:
            return Seen()
        return Seen(
            granted=_number(db, "select count(*) from consent where state = 'granted'") > 0,
            measured=_number(db, "select coalesce(max(seq), 0) from measurement") > before.seq,
            uploaded=_number(db, "select coalesce(max(upto), 0) from confirmation") > before.confirmed,
            answered=_number(db, "select coalesce(max(answered_at), 0) from contact") > before.answered_at,
        )


def page_answers(pages: PagesConfig) -> bool:
    """Whether the device's own page answers, whatever it says; at a port that is not known nobody asks."""
    if pages.port == 0:
        return True
    address = f"http://{ANYWHERE.get(pages.host, pages.host)}:{pages.port}/"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE):
            return True
    except urllib.error.HTTPError as error:
        with error:
            return error.code < 500
    except OSError:
        return False


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection | None]:
    """The database as far as it may be read beside the service; None where there is none."""
    if not database.exists():
        yield None
        return
    with (
        as_owner(database.parent),
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=PATIENCE)) as connection,
    ):
        yield connection


def _number(db: sqlite3.Connection, sql: str) -> int:
    number: int = db.execute(sql).fetchone()[0]
    return number
