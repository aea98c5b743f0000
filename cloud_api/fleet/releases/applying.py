"""Applying: what has to change so that a fleet is as it is desired, told in sentences. Applied again, nothing does."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import holding, offers, rings
from cloud_api.fleet.releases.desired import OFFERED, PAUSED, RETIRED, Fleet, ReleaseWish
from cloud_api.fleet.releases.documents import Channel, Offer
from cloud_api.fleet.releases.repository import State
from cloud_api.fleet.releases.telling import percent


@dataclass(slots=True, kw_only=True)
class Changes:
    """What is to be offered, which needs holders; what the service holds and lets go; and all of it in sentences."""

    offer: Offer
    held: dict[str, str] = field(default_factory=dict)
    """The reason of each version."""
    resumed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    signs: bool = False
    """Whether holders have to sign."""


def changes(state: State, fleet: Fleet, now: datetime) -> Changes:
    """Raises SetupError with every wish that cannot be, a line each."""
    found, mistakes = Changes(offer=state.offer), list[str]()

    @contextmanager
    def named(*key: str) -> Iterator[None]:
        try:
            yield
        except SetupError as error:
            mistakes.append(fleet.mistake(key, str(error)))

    leaving = [version for version, wish in fleet.releases.items() if wish.state == RETIRED]
    for version, wish in fleet.releases.items():
        if version not in leaving:
            with named("release", version):
                _release(state, found, version, wish, now)
    for channel, pins in fleet.pinned.items():
        with named("channel", channel, "pinned"):
            _pins(found, channel, pins)
    for version in leaving:
        if version in state.offer.releases:  # else it is gone already
            with named("release", version, "state"):
                found.offer = offers.retired(found.offer, version)
                found.held[version] = holding.RETIRED
                found.told.append(f"{version}: retired")
    if mistakes:
        raise SetupError("\n".join(mistakes))
    found.signs = found.offer != state.offer
    return found


def _release(state: State, found: Changes, version: str, wish: ReleaseWish, now: datetime) -> None:
    release = found.offer.release(version)
    if wish.channel is not None and wish.channel != release.channel:
        found.offer = offers.moved(found.offer, version, wish.channel)
        found.told.append(f"{version}: channel {release.channel} → {wish.channel}")
    if wish.share is not None and [stage.share for stage in release.stages] != [wish.share]:
        found.offer = offers.spread(found.offer, version, rings.steady(wish.share, begin=now))
        found.told.append(f"{version}: {percent(rings.share(release, now))} → {percent(wish.share)}")
    reason = state.reason(release)
    wanted = wish.reason or reason or holding.PAUSED
    if wish.state == PAUSED and reason != wanted:
        found.held[version] = wanted
        found.told.append(f"{version}: paused: {wanted}")
    if wish.state == OFFERED and reason is not None:
        found.resumed.append(version)
        found.told.append(f"{version}: resumed, it was held: {reason}")


def _pins(found: Changes, channel: str, pins: Mapping[UUID, str]) -> None:
    before = found.offer.channels.get(channel, Channel(channel=channel)).pinned
    found.offer = offers.pinned(found.offer, channel, pins)
    for device in sorted({*before, *pins}):
        if before.get(device) != pins.get(device):
            found.told.append(f"{device}: {before.get(device, 'not pinned')} → {pins.get(device, 'not pinned')}")
