"""The lock of a release: which wheels it consists of, each by its hash, in the form that pip has for this."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from cloud_api.errors import SetupError
from cloud_api.fleet.releases.documents import Release, Wheel

OWN = "zaehlwerk"
_PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)(?:\s*;.*)?")
_HASH = re.compile(r"--hash=sha256:(?P<sha256>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A distribution at its version, with the hashes that its wheels may have."""

    line: int
    name: str
    version: str
    hashes: frozenset[str]

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A wheel of a release, and the file that it is."""

    wheel: Wheel
    file: Path


def read(file: Path) -> list[Pin]:
    """Raises SetupError with the line that is not as expected."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{file}: cannot be read ({type(error).__name__})") from error
    return [_pin(file, number, line) for number, line in _lines(text)]


def collect(dist: Path, lock: Path, version: str) -> list[Found]:
    """The wheels of a folder, which have to be those of the lock, our own at this version among them.

    Raises SetupError with what is too much, missing, or not what the lock says.
    """
    pins = {(canonicalize_name(pin.name), Version(pin.version)): pin for pin in read(lock)}
    try:
        files = sorted(dist.glob("*.whl"))
        read_ones = [(file, file.read_bytes()) for file in files]
    except OSError as error:
        raise SetupError(f"{dist}: cannot be read ({error.strerror})") from error
    found, seen = [], set()
    for file, content in read_ones:
        try:
            name, its_version, _, _ = parse_wheel_filename(file.name)
        except (InvalidWheelFilename, InvalidVersion) as error:
            raise SetupError(f"{file}: no name of a wheel") from error
        pin = pins.get((name, its_version))
        if pin is None:
            raise SetupError(f"{file}: {name}=={its_version} is not in {lock}")
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in pin.hashes:
            raise SetupError(f"{file}: its hash is none of those in {lock}, line {pin.line}")
        seen.add(pin)
        found.append(Found(wheel=Wheel(name=file.name, sha256=sha256, length=len(content)), file=file))
    for pin in pins.values():
        if pin not in seen:
            raise SetupError(f"{lock}, line {pin.line}: {pin} has no wheel in {dist}")
    if (canonicalize_name(OWN), Version(version)) not in pins:
        raise SetupError(f"{lock}: has no {OWN}=={version}, the version that is to be published")
    return found


def agree(lock: Path, releases: Mapping[str, Release]) -> str:
    """The version of the release that consists of this lock's wheels. Raises SetupError where there is none."""
    pins = {(canonicalize_name(pin.name), Version(pin.version)): pin for pin in read(lock)}
    own = [str(version) for name, version in pins if name == OWN]
    release = releases.get(own[0]) if len(own) == 1 else None
    if release is None:
        raise SetupError(f"{lock}: is of no release that is to be signed (expected one {OWN}==VERSION in it)")
    found = set()
    for wheel in release.wheels:
        name, version, _, _ = parse_wheel_filename(wheel.name)
        if (name, version) not in pins or wheel.sha256 not in pins[name, version].hashes:
            raise SetupError(f"{wheel.name}: of the release {release.version} is not in {lock}")
        found.add((name, version))
    for key, pin in pins.items():
        if key not in found:
            raise SetupError(f"{lock}, line {pin.line}: {pin} has no wheel in the release {release.version}")
    return release.version


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines, with what a backslash joins to them, and where they begin; without comments."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = re.sub(r"(^|\s)#.*", "", line).strip()
        begun = begun if parts else number
        parts.append(bare.removesuffix("\\").strip())
        if bare.endswith("\\"):
            continue
        whole, parts = " ".join(parts).strip(), []
        if whole:
            yield begun, whole


def _pin(file: Path, number: int, line: str) -> Pin:
    requirement, *options = re.split(r"\s+(?=--)", line)
    pinned = _PIN.fullmatch(requirement)
    hashes = [_HASH.fullmatch(option.strip()) for option in options]
    if not pinned or not hashes or None in hashes:
        expected = "expected NAME==VERSION --hash=sha256:HASH, as image/lock.sh writes it"
        raise SetupError(f"{file}, line {number}: {expected}")
    try:
        Version(pinned["version"])
    except InvalidVersion as error:
        raise SetupError(f"{file}, line {number}: {pinned['version']!r} is no version") from error
    return Pin(
        line=number,
        name=pinned["name"],
        version=pinned["version"],
        hashes=frozenset(each["sha256"] for each in hashes if each),
    )
