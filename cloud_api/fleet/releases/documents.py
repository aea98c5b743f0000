"""What the signed documents say: the wheels of a release, who may have it when, what a channel offers, what is held."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta
from packaging.version import InvalidVersion, Version

from cloud_api.errors import SetupError

CHANNEL_PATTERN = r"^[a-z][a-z0-9-]{0,31}\Z"
LONGEST_REASON = 200
WHEELS, RELEASES, CHANNELS, HOLDS = "wheels", "releases", "channels", "holds"
"""The folders of a repository's targets."""

ChannelName = Annotated[str, Meta(pattern=CHANNEL_PATTERN)]
T = TypeVar("T", bound=msgspec.Struct)


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a release."""

    name: str
    sha256: str
    length: int

    @property
    def target(self) -> str:
        return f"{WHEELS}/{self.name}"


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """From a moment on, this share of the devices may have a release."""

    share: float
    begin: datetime = msgspec.field(name="from")


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One version: the wheels that it consists of, and who may have it when."""

    version: str
    channel: ChannelName
    python: str
    """The one that its wheels are for, such as 3.11."""
    wheels: tuple[Wheel, ...]
    stages: tuple[Stage, ...]
    salt: str
    """What the order of the devices is drawn with."""
    downgrade: bool = False
    """Whether it may follow a later version."""

    @property
    def target(self) -> str:
        return f"{RELEASES}/{self.version}.json"


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of a channel, the one that devices are to have last, and the devices that have one of their own."""

    channel: ChannelName
    versions: tuple[str, ...] = ()
    pinned: dict[UUID, str] = {}

    @property
    def target(self) -> str:
        return f"{CHANNELS}/{self.channel}.json"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is offered: all that holders sign, by name."""

    channels: Mapping[str, Channel]
    releases: Mapping[str, Release]

    def release(self, version: str) -> Release:
        """Raises SetupError where there is none."""
        if version not in self.releases:
            raise SetupError(f"{version}: no release (`cloud-api release list` names them)")
        return self.releases[version]


class Holds(msgspec.Struct, frozen=True, kw_only=True):
    """Versions that nobody is to begin with for the time being, each with the reason."""

    held: Mapping[str, str] = {}


def encode(document: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def decode(content: bytes, kind: type[T], path: str) -> T:
    """Raises SetupError, as the documents of a repository are our own."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise SetupError(f"{path}: is not as it was written ({error})") from error


def share_of(text: str) -> float:
    """A share of the devices, such as 10%. Raises ValueError for another text."""
    number = text.removesuffix("%")
    try:
        share = float(number) / 100
    except ValueError:
        share = -1.0
    if number == text or not 0 <= share <= 1:
        raise ValueError(f"{text!r} is no share of the devices (expected one from 0% to 100%, such as 10%)")
    return share


def version_of(text: str) -> str:
    """A version in the one form that versions have, as devices name folders by it. Raises ValueError for another."""
    try:
        canonical = str(Version(text))
    except InvalidVersion as error:
        raise ValueError(f"{text!r} is no version (expected one such as 0.2.0)") from error
    if canonical != text:
        raise ValueError(f"{text!r} is no version in its usual form (expected {canonical})")
    return text
