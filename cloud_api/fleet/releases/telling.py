"""What people are told of releases: how they stand, and what a proposal would change."""

from collections.abc import Iterator
from datetime import datetime

from tuf.api.metadata import Root

from cloud_api.fleet.releases import rings
from cloud_api.fleet.releases.documents import Release
from cloud_api.fleet.releases.keys import ROOT, TARGETS, holder_of
from cloud_api.fleet.releases.lock import OWN
from cloud_api.fleet.releases.proposals import Proposal
from cloud_api.fleet.releases.repository import State


def standing(state: State, now: datetime) -> Iterator[str]:
    """A line for each release, and until when the signatures are good."""
    for channel in state.offer.channels.values():
        versions, pinned = len(channel.versions), len(channel.pinned)
        yield f"{channel.channel}: {_count(versions, 'version')}, {_count(pinned, 'pinned device')}"
        for version in channel.versions:
            release = state.offer.releases[version]
            reason = state.reason(release)
            yield f"  {version}: {percent(rings.share(release, now))}{_later(release, now)}" + (
                f"; held: {reason}" if reason is not None else ""
            )
    yield from _holders(state.root.signed)
    targets, root = state.targets.signed.expires, state.root.signed.expires
    yield f"signatures of holders: good until {_day(targets)}, root {_day(root)}"
    yield f"signatures of the service: good until {state.timestamp.signed.expires:%Y-%m-%d %H:%M} UTC"


def proposal(wanted: Proposal) -> Iterator[str]:
    """What is signed, in full, so that a holder can compare it with what was meant."""
    if wanted.root:
        before, after = wanted.before.signed, wanted.root.signed
        yield f"root {before.version} → {after.version}, good until {_day(after.expires)}"
        yield from _holders(after)
    for channel in wanted.offer.channels.values():
        yield f"channel {channel.channel}: {', '.join(channel.versions) or 'no version'}"
        for device, version in channel.pinned.items():
            yield f"  {device}: {version}"
    for release in wanted.offer.releases.values():
        rollout = ", ".join(f"{percent(stage.share)} from {stage.begin:%Y-%m-%d %H:%M} UTC" for stage in release.stages)
        yield f"release {release.version} of {release.channel}, Python {release.python}: {rollout}"
        for wheel in release.wheels:
            if wheel.name.startswith(f"{OWN}-"):
                yield f"  {wheel.name} sha256:{wheel.sha256}, with {_count(len(release.wheels) - 1, 'wheel')} beside it"


def percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def _later(release: Release, now: datetime) -> str:
    later = [stage for stage in release.stages if stage.begin > now]
    return "".join(f", {percent(stage.share)} from {stage.begin:%Y-%m-%d %H:%M} UTC" for stage in later)


def _holders(root: Root) -> Iterator[str]:
    """Who signs, with the beginning of each key's id, by which holders tell one another's keys."""
    for role in (ROOT, TARGETS):
        keys = root.roles[role]
        names = ", ".join(f"{holder_of(root.keys[keyid])} {keyid[:16]}" for keyid in keys.keyids)
        yield f"{role}: signed by {keys.threshold} of {names}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
