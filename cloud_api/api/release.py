"""/management/release: the releases, and how they fare on the devices."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.api.recently import RECENTLY
from cloud_api.errors import SetupError, UnavailableError
from cloud_api.fleet.releases import memory, rings
from cloud_api.fleet.releases.documents import Release
from cloud_api.fleet.releases.judging import GIVEN_UP
from cloud_api.fleet.releases.memory import Memory
from cloud_api.fleet.releases.repository import Repository, State
from cloud_api.keys import CLOCK, DATABASE, RELEASES
from cloud_api.store import rollouts
from cloud_api.store.database import Database
from cloud_api.store.rollouts import Fares

TRYING = frozenset({"downloading", "trial"})
MOST = 100
"""Of the devices that gave a version up."""
LASTS = timedelta(seconds=10)
"""How long it is told again how versions fare: that looks at every device."""


async def show_all(request: web.Request) -> web.Response:
    """Every release, and what the devices run."""
    now = request.app[CLOCK].now()
    read = await asyncio.to_thread(_read, request.app[RELEASES])
    database = request.app[DATABASE]
    fares = await request.app[RECENTLY].answer("releases", partial(_fares, database), now=now, lasts=LASTS)
    return answer(
        wire.Releases(
            at=now,
            devices=fares.running.total(),
            releases=await _statuses(*read, fares, database, now) if read else [],
            versions=[
                wire.VersionCount(version=version, devices=count) for version, count in fares.running.most_common()
            ],
            signed_until=read[0].targets.signed.expires if read else None,
        )
    )


async def _fares(database: Database) -> Fares:
    async with database.read() as connection:
        return await rollouts.fares(connection)


def _read(repository: Repository) -> tuple[State, Memory] | None:
    """None where there is no repository. Raises UnavailableError where it cannot be read."""
    if not repository.exists:
        return None
    try:
        return repository.state(), memory.read(repository)
    except SetupError as error:
        raise UnavailableError("the repository of releases cannot be read") from error


async def _statuses(
    state: State, known: Memory, fares: Fares, database: Database, now: datetime
) -> list[wire.ReleaseStatus]:
    async with database.read() as connection:
        return [
            await _status(state, known, state.offer.releases[version], fares, connection, now)
            for channel in state.offer.channels.values()
            for version in reversed(channel.versions)
        ]


async def _status(
    state: State, known: Memory, release: Release, fares: Fares, connection: AsyncConnection, now: datetime
) -> wire.ReleaseStatus:
    version, reason = release.version, state.reason(release)
    stop = known.stopped.get(version) if reason is not None else None
    failures = fares.of(version, GIVEN_UP)
    failed = await rollouts.told(connection, version, GIVEN_UP, most=MOST) if failures else []
    return wire.ReleaseStatus(
        version=version,
        channel=release.channel,
        share=rings.share(release, now),
        stages=[wire.ReleaseStage(share=stage.share, begin=stage.begin) for stage in release.stages],
        held=reason,
        stopped_at=stop.at if stop else None,
        pinned=sum(1 for wanted in state.offer.channels[release.channel].pinned.values() if wanted == version),
        running=fares.running[version],
        trying=fares.of(version, TRYING),
        failed=[
            wire.FailedUpdate(device=row.uuid, state=row.update_state, reason=row.update_reason, since=row.update_since)
            for row in failed
        ],
        failures=failures,
    )
