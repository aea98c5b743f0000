"""The check of a version before it runs: by its own command, as the service's own user, on a copy of the database."""

import importlib
import os
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from edge_app import config
from edge_app.errors import EdgeError, UpdateError
from edge_app.fleet.update.building import COMMAND, last_word
from edge_app.fleet.update.files import sync
from edge_app.metering.plugins import catalogue
from edge_app.store.database import open_database
from edge_app.sync.device import device_uuid

LONGEST = 600.0
"""Seconds."""
LARGEST = 1024 * 1024 * 1024
DOCTOR = ("doctor", "--json")


class Found(msgspec.Struct, frozen=True):
    """A line of a doctor, as far as it is of use here."""

    check: str
    verdict: str
    subject: str | None = None


def check(slot: Path, *, kept: Path, configuration: Path, now: datetime) -> None:
    """Let a version try itself, and look at everything as it does in the service of somebody who looks after it.

    What it finds wrong is held against it where the version of before, in the slot `kept`, does not find that too.
    Raises UpdateError with what it says; OSError and sqlite3.Error are of this machine.
    """
    database = config.load(configuration).store.database
    with _copied(database, now) as copy:
        done = _told(slot, configuration, "update", "--check", str(copy))
    if done.returncode:
        raise UpdateError(f"its check failed: {last_word(done.stderr)}")
    wrong = _wrong(slot, configuration)
    if wrong and (worse := sorted(wrong - _wrong(kept, configuration))):
        raise UpdateError(f"its doctor finds wrong what was right before: {', '.join(worse)}")


def _wrong(slot: Path, configuration: Path) -> set[str]:
    """What a version's doctor finds wrong; nothing where it has none."""
    try:
        found = [
            msgspec.json.decode(line, type=Found) for line in _told(slot, configuration, *DOCTOR).stdout.splitlines()
        ]
    except msgspec.MsgspecError:
        return set()
    return {f"{each.check} {each.subject or ''}".strip() for each in found if each.verdict == "fail"}


def _told(slot: Path, configuration: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Give a version a command, as the service's own user."""
    try:
        return subprocess.run(  # noqa: S603  # a command of a slot whose wheels were checked
            [str(slot / COMMAND), "--config", str(configuration), *words],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
            **_as_owner(configuration),
        )
    except subprocess.TimeoutExpired as error:
        raise UpdateError(f"its {words[0]} does not end") from error
    except OSError as error:
        raise UpdateError(f"it cannot be started: {error.strerror}") from error


def try_out(modules: Sequence[str], copy: Path, *, configuration: Path, now: datetime) -> None:
    """What a version does to check itself: everything is imported, the settings are read, the copy is migrated.

    Raises UpdateError.
    """
    try:
        for module in modules:
            importlib.import_module(module)
        settings = config.load(configuration)
        device_uuid(settings.cloud.certificate)
        models = catalogue.load(settings.plugins.folder)
        for meter in settings.meter:
            models.meter(meter.model)
        open_database(copy, largest=LARGEST, now=now).close()
    except (EdgeError, ImportError, sqlite3.Error) as error:
        raise UpdateError(str(error)) from error


def back_up(database: Path, version: str, now: datetime) -> None:
    """Copy the database as it is before a version runs; named so that a revocation removes it too."""
    for older in backups(database):
        older.unlink()
    if database.exists():
        _copy(database, database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}-before-{version}"))


def backups(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.[0-9]*Z-before-*"))


def forget_backup(database: Path) -> None:
    for file in backups(database):
        file.unlink()
    sync(database.parent)


def restore(database: Path) -> bool:
    """Put the backup in place of a database that nobody can read any more; whether that was needed and done.

    The service must not run meanwhile.
    """
    kept = backups(database)
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


@contextmanager
def _copied(database: Path, now: datetime) -> Iterator[Path]:
    copy = database.with_name(f"{database.name}.{now:%Y%m%dT%H%M%SZ}-check")
    try:
        if database.exists():
            _copy(database, copy)
        yield copy
    finally:
        for left in database.parent.glob(f"{database.name}.[0-9]*Z-check*"):
            left.unlink()


def _copy(database: Path, copy: Path) -> None:
    """Copy a database beside its service, owned and readable as it is."""
    beside = copy.with_name(f"{copy.name}.new")
    beside.unlink(missing_ok=True)
    owner = database.stat()
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.chown(beside, owner.st_uid, owner.st_gid)
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(beside)) as target,
    ):
        source.backup(target)
    sync(beside)
    beside.replace(copy)
    sync(copy.parent)


def _as_owner(configuration: Path) -> dict[str, Any]:
    """Be who the service is, where we are root."""
    owner = configuration.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return {}
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
