"""/management/release: the releases, and how they fare on the devices."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.errors import SetupError, UnavailableError
from cloud_api.fleet.releases import memory, rings
from cloud_api.fleet.releases.documents import Release
from cloud_api.fleet.releases.judging import GIVEN_UP
from cloud_api.fleet.releases.memory import Memory
from cloud_api.fleet.releases.repository import Repository, State
from cloud_api.keys import CLOCK, DATABASE, RELEASES
from cloud_api.store import rollouts
from cloud_api.store.rollouts import Seen

TRYING = frozenset({"downloading", "trial"})
MOST = 100
"""Of the devices that gave a version up."""


async def show_all(request: web.Request) -> web.Response:
    """Every release, and what the devices run."""
    now = request.app[CLOCK].now()
    read = await asyncio.to_thread(_read, request.app[RELEASES])
    async with request.app[DATABASE].read() as database:
        seen = await rollouts.seen(database)
    running = Counter(each.version for each in seen)
    return answer(
        wire.Releases(
            at=now,
            devices=len(seen),
            releases=_statuses(*read, seen, now) if read else [],
            versions=[wire.VersionCount(version=version, devices=count) for version, count in running.most_common()],
            signed_until=read[0].targets.signed.expires if read else None,
        )
    )


def _read(repository: Repository) -> tuple[State, Memory] | None:
    """None where there is no repository. Raises UnavailableError where it cannot be read."""
    if not repository.exists:
        return None
    try:
        return repository.state(), memory.read(repository)
    except SetupError as error:
        raise UnavailableError("the repository of releases cannot be read") from error


def _statuses(state: State, known: Memory, seen: Sequence[Seen], now: datetime) -> list[wire.ReleaseStatus]:
    return [
        _status(state, known, state.offer.releases[version], seen, now)
        for channel in state.offer.channels.values()
        for version in reversed(channel.versions)
    ]


def _status(state: State, known: Memory, release: Release, seen: Sequence[Seen], now: datetime) -> wire.ReleaseStatus:
    version, reason = release.version, state.reason(release)
    stop = known.stopped.get(version) if reason is not None else None
    tried = [each for each in seen if each.tried == version]
    failed = [each for each in tried if each.state in GIVEN_UP]
    failed.sort(key=lambda each: (each.since or now, each.device), reverse=True)
    return wire.ReleaseStatus(
        version=version,
        channel=release.channel,
        share=rings.share(release, now),
        stages=[wire.ReleaseStage(share=stage.share, begin=stage.begin) for stage in release.stages],
        held=reason,
        stopped_at=stop.at if stop else None,
        pinned=sum(1 for wanted in state.offer.channels[release.channel].pinned.values() if wanted == version),
        running=sum(1 for each in seen if each.version == version),
        trying=sum(1 for each in tried if each.state in TRYING),
        failed=[
            wire.FailedUpdate(device=each.device, state=each.state or "", reason=each.reason, since=each.since)
            for each in failed[:MOST]
        ],
        failures=len(failed),
    )
