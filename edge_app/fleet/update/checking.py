"""The check of a version before it runs: by its own command, as the service's own user, on a copy of the database."""

import importlib
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from edge_app import config
from edge_app.errors import EdgeError, UpdateError
from edge_app.fleet.update.backup import copies, copy, copy_name
from edge_app.fleet.update.building import COMMAND, last_word
from edge_app.fleet.update.rights import as_owner, of_owner
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
        back = _told(kept, configuration, "update", "--check", str(copy))
        if back.returncode:
            raise UpdateError(f"the version of before cannot go back to its database: {last_word(back.stderr)}")
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
            **of_owner(configuration),
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


@contextmanager
def _copied(database: Path, now: datetime) -> Iterator[Path]:
    stem = copy_name(database, now, "check")
    try:
        with as_owner(database.parent):
            if database.exists():
                copy(database, stem)
        yield stem
    finally:
        with as_owner(database.parent):
            for left in copies(database, "check"):
                left.unlink()
