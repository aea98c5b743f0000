"""The choice: which version this device is to have, out of what was signed and what was found out here."""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from packaging.version import Version

from edge_app.fleet.update.documents import Channel, Holds, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How this device stands."""

    device: UUID
    kept: str
    """The version that was kept last."""
    failed: Collection[str]
    """Versions that were tried here and given up."""
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A release that is to be tried, or none; and why each that was passed over was."""

    release: Release | None
    passed: dict[str, str]


def choose(
    channel: Channel, holds: Holds, standing: Standing, release_of: Callable[[str], Release], now: datetime
) -> Choice:
    """The device's own version where one is pinned, else the newest that it may have; none that it has."""
    passed: dict[str, str] = {}
    pinned = channel.pinned.get(standing.device)
    for version in [pinned] if pinned else reversed(channel.versions):
        if version == standing.kept:
            break
        release = release_of(version)
        reason = _against(release, channel, holds, standing, now, pinned=pinned is not None)
        if reason is None:
            return Choice(release=release, passed=passed)
        passed[version] = reason
    return Choice(release=None, passed=passed)


def _against(
    release: Release, channel: Channel, holds: Holds, standing: Standing, now: datetime, *, pinned: bool
) -> str | None:
    version = release.version
    if version in standing.failed:
        return "failed here before"
    if version in holds.held:
        return f"held: {holds.held[version]}"
    if release.channel != channel.channel:
        return f"of the channel {release.channel}"
    if release.python != standing.python:
        return f"for Python {release.python}, and here is {standing.python}"
    if Version(version) < Version(standing.kept) and not release.downgrade:
        return f"older than {standing.kept}"
    if not pinned and place(release.salt, standing.device) >= share(release, now):
        return "not yet for this device"
    return None


def share(release: Release, now: datetime) -> float:
    """The share of the latest stage that has begun."""
    begun = [stage for stage in release.stages if stage.begin <= now]
    return max(begun, key=lambda stage: stage.begin).share if begun else 0.0


def place(salt: str, device: UUID) -> float:
    """Where a device stands among all, from 0 to 1: by what was signed and its name alone, so that nobody can pick."""
    digest = hashlib.sha256(f"{salt}:{device}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
