"""Judging: whether a release is stopped, by how those devices are that have begun with it, beside all the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cloud_api.fleet.releases import rings
from cloud_api.fleet.releases.documents import Channel, Release
from cloud_api.ledger.reckoning import Tally
from cloud_api.store.rollouts import Seen
from cloud_api.store.silence import LONGEST, REPORT_CYCLE

FAILED = 0.02
"""Of the devices that begin with a release, so large a share may fail, roll back or fall silent beyond the others."""
FEWEST_SILENT = 2
"""Silence counts from so many devices on: a single plug is pulled more often than a release is bad."""
TROUBLED, FEWEST_TROUBLED = 0.1, 2
"""So much larger may the share be of those with an incident that began since; and from so many devices on it counts."""
COMPLETENESS, FEWEST_SLOTS = 0.05, 40
"""So much less complete may their measurements be; and so many slots have to be expected before that is judged."""
WATCHED = timedelta(days=7)
"""How long after its last stage a release is judged."""
GIVEN_UP = frozenset({"rolled-back", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Devices, and what is the matter with how many of them."""

    devices: Sequence[Seen]
    failed: int
    silent: int
    troubled: int

    def share(self, number: int) -> float:
        return number / len(self.devices) if self.devices else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Devices that have begun with a release, and all others."""

    begun: Group
    rest: Group


def is_judged(release: Release, now: datetime) -> bool:
    begins = [stage.begin for stage in release.stages]
    return bool(begins) and min(begins) <= now < max(begins) + WATCHED


def split(
    release: Release, channel: Channel, seen: Sequence[Seen], now: datetime, *, since: datetime, hearing: bool
) -> Split:
    """Tell those who have begun with a release from the others.

    `since` is when it began, or when a person let it go on; devices not heard of since about then tell nothing.
    `hearing` is whether the service has listened for so long that devices may be called silent.
    """
    silent = {each.device for each in seen if hearing and each.heard_at and now - each.heard_at >= LONGEST}
    begun, rest = list[Seen](), list[Seen]()
    for each in seen:
        if each.heard_at is None or each.heard_at < since - REPORT_CYCLE:
            continue
        wanted = channel.pinned.get(each.device)
        may = wanted == release.version if wanted else rings.may_have(release, each.device, now)
        has = release.version in (each.version, each.tried)
        (begun if has or (may and each.device in silent) else rest).append(each)
    return Split(begun=_group(release, begun, silent, since), rest=_group(release, rest, silent, since))


def verdict(found: Split) -> str | None:
    """Why a release is to be stopped by what is the matter with devices; None where it is not."""
    begun, rest = found.begun, found.rest
    bad = begun.failed + (begun.silent if begun.silent >= FEWEST_SILENT else 0)
    if bad and begun.share(bad) - rest.share(rest.silent) > FAILED:
        return f"{bad} of {len(begun.devices)} devices failed, rolled back or fell silent"
    more = begun.share(begun.troubled) - rest.share(rest.troubled)
    if begun.troubled >= FEWEST_TROUBLED and more > TROUBLED:
        return (
            f"{begun.troubled} of {len(begun.devices)} devices have an incident since, "
            f"and {rest.troubled} of {len(rest.devices)} others"
        )
    return None


def less_complete(begun: Tally, rest: Tally) -> str | None:
    """Why a release is to be stopped by what was measured since; None where it is not."""
    if min(begun.expected, rest.expected) < FEWEST_SLOTS:
        return None
    first, others = begun.completeness or 0.0, rest.completeness or 0.0
    if others - first <= COMPLETENESS:
        return None
    return f"measurements are complete to {first:.1%}, and those of other devices to {others:.1%}"


def has_failed(each: Seen, version: str, since: datetime) -> bool:
    return each.tried == version and each.state in GIVEN_UP and each.since is not None and each.since >= since


def _group(release: Release, some: Sequence[Seen], silent: Collection[UUID], since: datetime) -> Group:
    failed = [each for each in some if has_failed(each, release.version, since)]
    return Group(
        devices=some,
        failed=len(failed),
        silent=sum(1 for each in some if each.device in silent and each not in failed),
        troubled=sum(1 for each in some if each.troubled_at is not None and each.troubled_at >= since),
    )
