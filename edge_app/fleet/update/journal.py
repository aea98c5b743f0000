"""The journal: what the updater has to know after a power cut, and what it tells of itself."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from edge_app.errors import UpdateError
from edge_app.fleet.update.evidence import Mark
from edge_app.fleet.update.files import put, remove, sync
from edge_app.fleet.update.slots import Slots

State = Literal["current", "downloading", "trial", "kept", "rolled-back", "refused"]
T = TypeVar("T", bound=msgspec.Struct)


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A version on trial; it is in the journal from before the first step until after the last."""

    version: str
    back: str
    """The version that returns if this one is given up."""
    began: datetime
    mark: Mark | None = None
    """How far everything was when it began; None until it was let run."""
    given_up: str | None = None
    """Why it is given up, once that was decided."""


class Failures(msgspec.Struct, frozen=True, kw_only=True):
    """Versions that were tried here, with the reason; and how often one could not even be built."""

    failed: Mapping[str, str] = {}
    unbuilt: Mapping[str, int] = {}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with updates, for the cloud and for people."""

    version: str
    slot: str
    """The link that leads to what runs first of these: `image`, `kept` or `current`."""
    state: State
    tried: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """A folder of small files, each replaced as a whole."""

    folder: Path

    def make(self) -> None:
        self.folder.mkdir(exist_ok=True)

    @property
    def trial(self) -> Trial | None:
        return _read(self.folder / "trial.json", Trial)

    def note(self, trial: Trial) -> None:
        put(self.folder / "trial.json", msgspec.json.encode(trial))

    def end_trial(self) -> None:
        remove(self.folder / "trial.json")

    @property
    def starts(self) -> int:
        """How often the version on trial was started: one byte for each."""
        file = self.folder / "starts"
        return file.stat().st_size if file.exists() else 0

    def count_start(self) -> int:
        with (self.folder / "starts").open("ab") as file:
            file.write(b".")
            file.flush()
            os.fsync(file.fileno())
        sync(self.folder)
        return self.starts

    def forget_starts(self) -> None:
        remove(self.folder / "starts")

    @property
    def failures(self) -> Failures:
        return _read(self.folder / "failures.json", Failures) or Failures()

    def fail(self, version: str, reason: str) -> None:
        """Remember a version that is not to be tried again."""
        known = self.failures
        self._write_failures(Failures(failed={**known.failed, version: reason}, unbuilt=known.unbuilt))

    def count_unbuilt(self, version: str) -> int:
        known = self.failures
        times = known.unbuilt.get(version, 0) + 1
        self._write_failures(Failures(failed=known.failed, unbuilt={**known.unbuilt, version: times}))
        return times

    def pardon(self) -> None:
        """Forget what failed: a person wants it tried again."""
        remove(self.folder / "failures.json")

    @property
    def report(self) -> Report | None:
        return _read(self.folder / "report.json", Report)

    def tell(self, report: Report) -> None:
        if report != self.report:
            put(self.folder / "report.json", msgspec.json.encode(report))

    @property
    def hour(self) -> datetime:
        """The last hour that was believed."""
        file = self.folder / "hour"
        with suppress(OSError, ValueError):
            return datetime.fromisoformat(file.read_text()).astimezone(UTC)
        return datetime.min.replace(tzinfo=UTC)

    def believe(self, now: datetime) -> None:
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour > self.hour:
            put(self.folder / "hour", hour.isoformat().encode())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else takes a step."""
        with (self.folder / "step.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def round(self) -> Iterator[None]:
        """Be the only updater. Raises UpdateError where another one is at work."""
        with (self.folder / "round.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UpdateError("an update is under way already") from error
            yield

    def _write_failures(self, failures: Failures) -> None:
        put(self.folder / "failures.json", msgspec.json.encode(failures))


def journal_of(slots: Slots) -> Journal:
    return Journal(slots.home / "update")


def reported(prefix: Path) -> dict[str, str | None] | None:
    """What the updater last told of itself, for the program at a place; None where it is not one of several slots."""
    slots = Slots.around(prefix)
    report = journal_of(slots).report if slots else None
    return msgspec.to_builtins(report) if report else None


def _read(file: Path, kind: type[T]) -> T | None:
    """A file of the journal; a damaged one counts as none, for a card may lose anything."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
