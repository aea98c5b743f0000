"""What the signed documents of a repository say: which versions a channel has, who may have one, which are held."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from edge_app.errors import UpdateError

LARGEST_WHEEL = 256 * 1024 * 1024
"""Bytes."""
MOST_WHEELS = 500

T = TypeVar("T", bound=msgspec.Struct)


class Wheel(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a release; its name is a name and never a way."""

    name: Annotated[str, Meta(max_length=200)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    length: Annotated[int, Meta(gt=0, le=LARGEST_WHEEL)]

    def __post_init__(self) -> None:
        if not self.name.isascii() or not self.name.isprintable() or set(self.name) & set("/\\ '\"`$;&|<>"):
            raise ValueError(f"no name of a wheel: {self.name!r}")
        try:
            parse_wheel_filename(self.name)
        except (InvalidWheelFilename, InvalidVersion) as error:
            raise ValueError(f"no name of a wheel: {self.name!r}") from error

    @property
    def requirement(self) -> str:
        """The distribution at its version, as a list of requirements names it."""
        name, version, _, _ = parse_wheel_filename(self.name)
        return f"{name}=={version}"


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """From a moment on, this share of the devices may have a release."""

    share: Annotated[float, Meta(ge=0, le=1)]
    begin: Annotated[datetime, Meta(tz=True)] = msgspec.field(name="from")


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One version: the wheels that it consists of, and who may have it when."""

    version: str
    channel: str
    python: str
    """The one that its wheels are for, such as 3.11."""
    wheels: Annotated[tuple[Wheel, ...], Meta(min_length=1, max_length=MOST_WHEELS)]
    stages: tuple[Stage, ...]
    salt: str
    downgrade: bool = False
    """Whether it may follow a later version."""

    def __post_init__(self) -> None:
        _version(self.version)


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """The versions of a channel, newest last, and the devices that are to have one of their own."""

    channel: str
    versions: tuple[str, ...]
    pinned: dict[UUID, str] = {}

    def __post_init__(self) -> None:
        for version in (*self.versions, *self.pinned.values()):
            _version(version)


class Holds(msgspec.Struct, frozen=True, kw_only=True):
    """Versions that nobody is to begin with for the time being, each with the reason."""

    held: Mapping[str, str] = {}


def decode(content: bytes, kind: type[T]) -> T:
    """Read a document. Raises UpdateError."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UpdateError(f"a signed document is no {kind.__name__}: {error}") from error


def _version(text: str) -> None:
    """A version becomes the name of a folder, so it is written in the one form that versions have."""
    try:
        canonical = str(Version(text))
    except InvalidVersion as error:
        raise ValueError(f"no version: {text!r}") from error
    if canonical != text:
        raise ValueError(f"no version in its usual form: {text!r}, not {canonical!r}")
