"""Rings: in which order devices may have a release. What is signed and a device's uuid alone decide it."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from cloud_api.fleet.releases.documents import Release, Stage

DAY = timedelta(days=1)
FIRST, FIRST_DEVICES = 0.01, 10
"""The first ring: so large a share of the devices, and so many of them at least."""
NEXT = (0.1, 0.5, 1.0)
"""The rings after it, a day each."""


def place(salt: str, device: UUID) -> float:
    """Where a device stands among all, from 0 to 1."""
    digest = hashlib.sha256(f"{salt}:{device}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def stage(release: Release, now: datetime) -> Stage | None:
    """The latest stage that has begun."""
    begun = [each for each in release.stages if each.begin <= now]
    return max(begun, key=lambda each: each.begin, default=None)


def share(release: Release, now: datetime) -> float:
    """The share of the devices that may have a release now."""
    begun = stage(release, now)
    return begun.share if begun else 0.0


def may_have(release: Release, device: UUID, now: datetime) -> bool:
    return place(release.salt, device) < share(release, now)


def plan(salt: str, devices: Collection[UUID], *, begin: datetime) -> tuple[Stage, ...]:
    """Ring after ring, a day each; the first has ten devices, or all where there are no more."""
    places = sorted(place(salt, device) for device in devices)
    # just beyond the tenth device, so that it is within
    tenth = (places[FIRST_DEVICES - 1] + places[FIRST_DEVICES]) / 2 if len(places) > FIRST_DEVICES else 1.0
    first = max(FIRST, tenth)
    shares = [first, *(share for share in NEXT if share > first)]
    return tuple(Stage(share=share, begin=begin + DAY * number) for number, share in enumerate(shares))


def steady(share: float, *, begin: datetime) -> tuple[Stage, ...]:
    """One share until it is changed."""
    return (Stage(share=share, begin=begin),)
