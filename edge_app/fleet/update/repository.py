"""The repository: what is on offer, believed as far as The Update Framework lets it, and fetched wheel by wheel."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from packaging.tags import Tag, sys_tags
from packaging.utils import parse_wheel_filename
from tuf.api.exceptions import DownloadError, DownloadLengthMismatchError, LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import TargetFile
from tuf.ngclient import Updater

from edge_app.errors import UpdateError, UpdateServerError
from edge_app.fleet.update.documents import Channel, Holds, Release, Wheel, decode
from edge_app.fleet.update.fetcher import Fetcher
from edge_app.fleet.update.files import remove, sync

LARGEST_DOCUMENT = 512 * 1024
"""Bytes."""
LONGEST_REASON = 300

T = TypeVar("T", bound=msgspec.Struct)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Where updates come from, and the folders in which what came of it is kept.

    Every question raises UpdateServerError where nobody answers, and UpdateError where what came is refused.
    """

    root: Path
    """The first root of trust, which the device came with."""
    metadata: Path
    wheels: Path
    url: str
    """Where `metadata/` and `targets/` lie, with a slash at its end."""
    fetcher: Fetcher

    def look(self) -> "Offers":
        """Renew the metadata and see what they name."""
        if not self.root.is_file():
            raise UpdateError("this device came without a root of trust for updates")
        for folder in (self.metadata, self.wheels):
            folder.mkdir(exist_ok=True)
        with _in_words("the metadata"):
            client = Updater(
                str(self.metadata),
                f"{self.url}metadata/",
                fetcher=self.fetcher,
                bootstrap=self.root.read_bytes(),
            )
            client.refresh()
            self._settle()
        return Offers(repository=self, client=client)

    def _settle(self) -> None:
        """Wait until what must not be forgotten is on the disk: a newer version seen makes older ones refused."""
        for file in self.metadata.rglob("*.json"):
            sync(file)
        sync(self.metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """One state of a repository."""

    repository: Repository
    client: Updater

    def channel(self, name: str) -> Channel:
        channel = self._document(f"channels/{name}.json", Channel)
        if channel.channel != name:
            raise UpdateError(f"the channel {name} calls itself {channel.channel}")
        return channel

    def holds(self, name: str) -> Holds:
        """What is held of a channel; without a word on it nothing is."""
        if self._target(f"holds/{name}.json") is None:
            return Holds()
        return self._document(f"holds/{name}.json", Holds)

    def release(self, version: str) -> Release:
        release = self._document(f"releases/{version}.json", Release)
        if release.version != version:
            raise UpdateError(f"the release {version} calls itself {release.version}")
        return release

    def fetch(self, release: Release) -> list[Wheel]:
        """Bring those wheels here that fit this machine, each checked against what was signed; others go.

        What was cut off goes on where it was left.
        """
        wheels = fitting(release)
        for wheel in wheels:
            self._fetch_wheel(wheel)
        names = {wheel.name for wheel in wheels}
        for file in self.repository.wheels.iterdir():
            if file.name not in names:
                remove(file)
        return wheels

    def _fetch_wheel(self, wheel: Wheel) -> None:
        target = self._target(f"wheels/{wheel.name}")
        if target is None or target.hashes.get("sha256") != wheel.sha256 or target.length != wheel.length:
            raise UpdateError(f"{wheel.name}: the release names another file than was signed")
        file = self.repository.wheels / wheel.name
        if file.exists():
            if _holds(file, target):
                return
            file.unlink()
        part = file.with_name(f"{wheel.name}.part")
        with _in_words(wheel.name):
            self.repository.fetcher.fetch_piecewise(self._address(target), part, target.length)
            if not _holds(part, target):
                part.unlink()
                raise LengthOrHashMismatchError("it is not what was signed")
            sync(part)
            part.replace(file)
            sync(file.parent)

    def _document(self, path: str, kind: type[T]) -> T:
        target = self._target(path)
        if target is None:
            raise UpdateError(f"{path} was not signed")
        if target.length > LARGEST_DOCUMENT:
            raise UpdateError(f"{path} is too large")
        with _in_words(path):
            content = self.repository.fetcher.download_bytes(self._address(target), target.length)
            target.verify_length_and_hashes(content)
        return decode(content, kind)

    def _target(self, path: str) -> TargetFile | None:
        with _in_words(path):
            return self.client.get_targetinfo(path)

    def _address(self, target: TargetFile) -> str:
        """Where a target lies: its name begins with its hash."""
        folder, _, name = target.path.rpartition("/")
        return f"{self.repository.url}targets/{folder}/{target.hashes['sha256']}.{name}"


def fitting(release: Release) -> list[Wheel]:
    """The wheels of a release that this machine can use. Raises UpdateError where there is none of a distribution."""
    here = set(sys_tags())
    fit = [wheel for wheel in release.wheels if tags(wheel) & here]
    lacking = {wheel.requirement for wheel in release.wheels} - {wheel.requirement for wheel in fit}
    if lacking:
        raise UpdateError(f"no wheel fits this machine of {', '.join(sorted(lacking))}")
    return fit


def tags(wheel: Wheel) -> frozenset[Tag]:
    return parse_wheel_filename(wheel.name)[3]


def _holds(file: Path, target: TargetFile) -> bool:
    with file.open("rb") as stream:
        try:
            target.verify_length_and_hashes(stream)
        except LengthOrHashMismatchError:
            return False
    return True


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Tell who did not answer from what is refused."""
    try:
        yield
    except DownloadLengthMismatchError as error:
        raise UpdateError(f"{what}: more came than was signed") from error
    except DownloadError as error:
        raise UpdateServerError(f"{what}: {_line(error)}") from error
    except RepositoryError as error:
        raise UpdateError(f"{what}: {_line(error)}") from error


def _line(error: Exception) -> str:
    """One printable line."""
    words = f"{str(error) or type(error).__name__}"
    return "".join(letter if letter.isprintable() else " " for letter in words)[:LONGEST_REASON]
