"""What becomes of an offer by each act of those who look after releases: plain functions of values."""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

import msgspec
from packaging.version import Version

from cloud_api.errors import SetupError
from cloud_api.fleet.releases.documents import Channel, Offer, Release, Stage

T = TypeVar("T")


def published(offer: Offer, release: Release) -> Offer:
    """The offer with another release, at its place among the versions of its channel.

    One that may follow a later version comes last, as that is the one that devices are to have.
    """
    if release.version in offer.releases:
        raise SetupError(f"{release.version}: is published already (a version is published once)")
    known = {wheel.name: wheel for each in offer.releases.values() for wheel in each.wheels}
    for wheel in release.wheels:
        if known.get(wheel.name, wheel) != wheel:
            raise SetupError(f"{wheel.name}: another release has another file of this name")
    return _listed(_with(offer, release), release)


def retired(offer: Offer, version: str) -> Offer:
    """The offer without a release. Raises SetupError where devices are pinned to it."""
    release = offer.release(version)
    for channel in offer.channels.values():
        for device, wanted in channel.pinned.items():
            if wanted == version:
                raise SetupError(f"{version}: device {device} is pinned to it in the channel {channel.channel}")
    return _unlisted(
        Offer(channels=offer.channels, releases=_without(offer.releases, version)), release.channel, version
    )


def spread(offer: Offer, version: str, stages: tuple[Stage, ...]) -> Offer:
    """The offer with other stages of a release."""
    return _with(offer, msgspec.structs.replace(offer.release(version), stages=stages))


def moved(offer: Offer, version: str, channel: str) -> Offer:
    """The offer with a release in another channel."""
    before = offer.release(version)
    release = msgspec.structs.replace(before, channel=channel)
    return _listed(_with(_unlisted(offer, before.channel, version), release), release)


def pinned(offer: Offer, name: str, pins: Mapping[UUID, str]) -> Offer:
    """The offer with these devices of a channel, and no others, pinned."""
    channel = offer.channels.get(name) or Channel(channel=name)
    for version in pins.values():
        if offer.release(version).channel != name:
            raise SetupError(f"{version}: is not in the channel {name}, so no device of it can be pinned to it")
    return _with_channel(offer, msgspec.structs.replace(channel, pinned=dict(pins)))


def _listed(offer: Offer, release: Release) -> Offer:
    channel = offer.channels.get(release.channel) or Channel(channel=release.channel)
    later = [version for version in channel.versions if Version(version) > Version(release.version)]
    place = len(channel.versions) if release.downgrade or not later else channel.versions.index(later[0])
    versions = (*channel.versions[:place], release.version, *channel.versions[place:])
    return _with_channel(offer, msgspec.structs.replace(channel, versions=versions))


def _unlisted(offer: Offer, name: str, version: str) -> Offer:
    channel = offer.channels[name]
    versions = tuple(each for each in channel.versions if each != version)
    return _with_channel(offer, msgspec.structs.replace(channel, versions=versions))


def _with(offer: Offer, release: Release) -> Offer:
    return msgspec.structs.replace(offer, releases={**offer.releases, release.version: release})


def _with_channel(offer: Offer, channel: Channel) -> Offer:
    return msgspec.structs.replace(offer, channels={**offer.channels, channel.channel: channel})


def _without(mapping: Mapping[str, T], key: str) -> dict[str, T]:
    return {name: value for name, value in mapping.items() if name != key}
