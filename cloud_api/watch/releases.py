"""The watch over releases: signatures are renewed in time, and what does devices no good is stopped."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import holding, judging, memory, rings, writing
from cloud_api.fleet.releases.documents import Release
from cloud_api.fleet.releases.judging import Split
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.memory import Memory, Stop
from cloud_api.fleet.releases.repository import Repository, State
from cloud_api.store import audit, rollouts
from cloud_api.store.audit import Entry
from cloud_api.store.database import Database
from cloud_api.store.rollouts import Seen
from cloud_api.store.silence import LONGEST
from cloud_api.watch.explaining import RELEASE, SIGNATURES
from cloud_api.watch.message import Notice

LOOK_EVERY = timedelta(minutes=15)
SAMPLE = 200
"""So many devices of each group are asked for their completeness, drawn by the order of the release."""
SOON, SOON_ROOT = timedelta(days=14), timedelta(days=60)
"""So long before their end signatures of holders are asked for; a root takes the longer way."""
WATCH = "watch"
"""Who does it, in the audit log."""
EVER = datetime.min.replace(tzinfo=UTC)
logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class ReleaseWatch:
    """Looks after the releases of a cloud, once for the service."""

    database: Database
    repository: Repository
    pki: Path
    """The folder of the service's keys."""
    since: datetime
    """Since when devices could speak to the service."""
    _looked: datetime | None = None
    _failed: set[str] = field(default_factory=set)

    async def one(self, now: datetime) -> Sequence[Notice]:
        """One look; what somebody has to see to. A repository that cannot be read or signed is told of in the log."""
        if not self.repository.exists:
            return []
        try:
            keys = await asyncio.to_thread(Keyring.online, self.pki)
            await asyncio.to_thread(writing.refresh, self.repository, keys, now)
            if self._looked is None or now - self._looked >= LOOK_EVERY:
                self._looked = now
                await self._judge(keys, now)
        except SetupError as error:
            self._tell_once(str(error))
        try:
            state, known = await asyncio.to_thread(self.repository.state), memory.read(self.repository)
        except SetupError as error:
            self._tell_once(str(error))
            return []
        return [*_stopped(state, known), *_ending(state, now)]

    def _tell_once(self, sentence: str) -> None:
        if sentence not in self._failed:
            self._failed.add(sentence)
            logger.error("releases cannot be looked after: %s", sentence)

    async def _judge(self, keys: Keyring, now: datetime) -> None:
        state, known = await asyncio.to_thread(self.repository.state), memory.read(self.repository)
        judged = [
            release
            for release in state.offer.releases.values()
            if judging.is_judged(release, now) and state.reason(release) is None
        ]
        if not judged:
            return
        async with self.database.read() as connection:
            seen = await rollouts.seen(connection)
        for release in judged:
            since = max(min(stage.begin for stage in release.stages), known.resumed.get(release.version, EVER))
            channel = state.offer.channels[release.channel]
            # the silence of devices is our own as long as they have not had the time to speak
            hearing = now - self.since >= LONGEST
            found = judging.split(release, channel, seen, now, since=since, hearing=hearing)
            reason = judging.verdict(found) or await self._less_complete(release, found, since, now)
            if reason:
                await self._stop(release, reason, keys, now)

    async def _less_complete(self, release: Release, found: Split, since: datetime, now: datetime) -> str | None:
        have = [each for each in found.begun.devices if each.version == release.version]
        async with self.database.read() as connection:
            begun = []
            for each in _sample(release, have):
                changed = await rollouts.begun(connection, each.device)
                begun.append((each, max(since, changed) if changed else since))
            first = await rollouts.tally(connection, begun, now=now)
            rest = [(each, since) for each in _sample(release, found.rest.devices)]
            return judging.less_complete(first, await rollouts.tally(connection, rest, now=now))

    async def _stop(self, release: Release, reason: str, keys: Keyring, now: datetime) -> None:
        with self.repository.alone():
            known = memory.read(self.repository)
            stopped = {**known.stopped, release.version: Stop(at=now, reason=reason)}
            memory.write(self.repository, msgspec.structs.replace(known, stopped=stopped))
        await asyncio.to_thread(holding.hold, self.repository, keys, release.version, reason, now)
        logger.error("release %s is stopped: %s", release.version, reason)
        async with self.database.write() as connection:
            entry = Entry(at=now, who=WATCH, what=f"release {release.version} held: {reason}")
            await audit.add(connection, entry)


def _stopped(state: State, known: Memory) -> list[Notice]:
    """The releases that the watch has stopped and nobody has seen to yet."""
    return [
        Notice(kind=RELEASE, about=version, detail=stop.reason, since=stop.at)
        for version, stop in known.stopped.items()
        if version in state.offer.releases and state.reason(state.offer.releases[version]) is not None
    ]


def _ending(state: State, now: datetime) -> list[Notice]:
    """The signatures that end before long, or have ended."""
    ends = {
        "root": state.root.signed.expires - SOON_ROOT,
        "targets": state.targets.signed.expires - SOON,
        "timestamp": state.timestamp.signed.expires,
    }
    return [
        Notice(kind=SIGNATURES, about=role, detail=role, since=since) for role, since in ends.items() if since <= now
    ]


def _sample(release: Release, devices: Sequence[Seen]) -> list[Seen]:
    return sorted(devices, key=lambda each: rings.place(release.salt, each.device))[:SAMPLE]
