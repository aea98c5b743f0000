"""The repository: signed metadata and targets in a folder, as The Update Framework has them, read as they stand now.

A state is named by `timestamp.json` alone: whatever that does not lead to is not there for anybody. What is written
lies beside what was there before, so that a crash between two files leaves the state before.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from securesystemslib.exceptions import StorageError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from cloud_api.errors import SetupError
from cloud_api.files import make_private, write_private
from cloud_api.fleet.releases.documents import CHANNELS, RELEASES, Channel, Holds, Offer, Release, decode

PUBLIC = 0o644
"""Nothing in a repository is secret, and any web server may serve it."""

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The metadata of one state, and the documents that they vouch for."""

    root: Metadata[Root]
    timestamp: Metadata[Timestamp]
    snapshot: Metadata[Snapshot]
    targets: Metadata[Targets]
    holds: Metadata[Targets]
    offer: Offer
    held: Mapping[str, Holds]
    """What is held, by channel."""

    @property
    def keyids(self) -> set[str]:
        """The keys that are believed."""
        delegations = self.targets.signed.delegations
        return {*self.root.signed.keys, *(delegations.keys if delegations else ())}

    def reason(self, release: Release) -> str | None:
        """Why a release is held, if it is."""
        holds = self.held.get(release.channel)
        return holds.held.get(release.version) if holds else None


@dataclass(frozen=True, slots=True)
class Repository:
    """The folder of releases. Every question raises SetupError where the files are not as they were written."""

    folder: Path

    @property
    def metadata(self) -> Path:
        return self.folder / "metadata"

    @property
    def targets(self) -> Path:
        return self.folder / "targets"

    @property
    def proposal(self) -> Path:
        """What waits for the signatures of further holders."""
        return self.folder / "proposal.json"

    @property
    def exists(self) -> bool:
        return (self.metadata / "timestamp.json").exists()

    def make(self) -> None:
        for part in (self.folder, self.metadata, self.targets):
            make_private(part)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who writes. Raises SetupError where there is no repository."""
        try:
            descriptor = os.open(self.folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        except FileNotFoundError as error:
            raise SetupError(f"{self.folder}: no repository yet; `cloud-api release init` makes one") from error
        with os.fdopen(descriptor, "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def state(self) -> State:
        """How it stands now."""
        if not self.exists:
            raise SetupError(f"{self.folder}: no repository yet; `cloud-api release init` makes one")
        try:
            timestamp = Metadata[Timestamp].from_file(str(self.metadata / "timestamp.json"))
            snapshot = Metadata[Snapshot].from_file(self._named(timestamp.signed.snapshot_meta.version, "snapshot"))
            meta = snapshot.signed.meta
            targets = Metadata[Targets].from_file(self._named(meta["targets.json"].version, "targets"))
            holds = Metadata[Targets].from_file(self._named(meta["holds.json"].version, "holds"))
            return State(
                root=self.root(),
                timestamp=timestamp,
                snapshot=snapshot,
                targets=targets,
                holds=holds,
                offer=Offer(
                    channels={each.channel: each for each in self._documents(targets.signed, CHANNELS, Channel)},
                    releases={each.version: each for each in self._documents(targets.signed, RELEASES, Release)},
                ),
                held={Path(path).stem: self.document(target, Holds) for path, target in holds.signed.targets.items()},
            )
        except (RepositoryError, StorageError, KeyError) as error:
            raise SetupError(f"{self.metadata}: is not as it was written ({type(error).__name__})") from error

    def root(self) -> Metadata[Root]:
        """The newest root."""
        numbers = (int(file.name.partition(".")[0]) for file in self.metadata.glob("*.root.json"))
        newest = max(numbers, default=1)
        return Metadata[Root].from_file(self._named(newest, "root"))

    def document(self, target: TargetFile, kind: type[T]) -> T:
        try:
            content = self.file(target).read_bytes()
            target.verify_length_and_hashes(content)
        except OSError as error:
            raise SetupError(f"{self.file(target)}: cannot be read ({error.strerror})") from error
        return decode(content, kind, target.path)

    def file(self, target: TargetFile) -> Path:
        """Where a target lies: its name begins with its hash."""
        folder, _, name = target.path.rpartition("/")
        return self.targets / folder / f"{target.hashes['sha256']}.{name}"

    def put(self, target: TargetFile, content: bytes) -> None:
        """Lay a target beside the others; nobody sees it before it is named."""
        file = self.file(target)
        if not file.exists():
            make_private(file.parent)
            write_private(file, content, mode=PUBLIC)
            sync(file.parent)

    def name(self, version: int, role: str, content: bytes) -> None:
        """Lay metadata beside those before."""
        write_private(Path(self._named(version, role)), content, mode=PUBLIC)
        sync(self.metadata)

    def switch(self, timestamp: bytes) -> None:
        """Let another state be the one that stands, all at once."""
        write_private(self.metadata / "timestamp.json", timestamp, mode=PUBLIC)
        sync(self.metadata)

    def _named(self, version: int, role: str) -> str:
        return str(self.metadata / f"{version}.{role}.json")

    def _documents(self, signed: Targets, folder: str, kind: type[T]) -> Iterator[T]:
        for path, target in sorted(signed.targets.items()):
            if path.startswith(f"{folder}/"):
                yield self.document(target, kind)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
