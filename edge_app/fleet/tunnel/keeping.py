"""Keeping the tunnel up: a lease, a link on it, the next lease in time, and another try whenever that goes wrong."""

import asyncio
import logging
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge_app.clock import Clock
from edge_app.config import TunnelConfig
from edge_app.errors import CloudError, ConfigError, ForbiddenError, RefusedError, TunnelError
from edge_app.fleet.tunnel.lease import Lease, take
from edge_app.fleet.tunnel.link import Link
from edge_app.fleet.tunnel.permission import Permission
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0
"""Seconds: a pause is drawn from nothing to the first, and to twice as much after each further failure in a row."""
REFUSED_PAUSE = 900.0
"""Seconds after which it is tried again what the cloud has refused as such."""
TWO_THIRDS, TENTH = 2 / 3, 0.1
"""Part of a lease's life after which the next one is taken, give or take."""
LONGEST_LIFE = 24 * 3600.0
"""Seconds of a lease that are believed, while our clock may be far behind."""

Standing = Literal["up", "down", "closed"]

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Keeper:
    """What the tunnel is kept up with, and how that goes."""

    cloud: CloudClient
    config: TunnelConfig
    permission: Permission
    within: Path
    """Where keys lie while they are used; in memory on a device."""
    clock: Clock
    rng: random.Random
    _failures: int = 0
    _standing: Standing | None = None
    """As the log was told last."""
    _unused: Lease | None = None
    """A lease that no bastion has seen yet: it need not be taken anew for each try."""

    async def run(self) -> None:
        """Keep the tunnel up whenever it may be, for as long as the service runs."""
        while True:
            await self.permission.given()
            async with asyncio.TaskGroup() as tasks:
                keeping = tasks.create_task(self._keep(), name="keep the tunnel")
                await self.permission.ended()
                keeping.cancel()
            self._say("closed")

    async def _keep(self) -> None:
        """Link after link; the one before is closed once the next has come up."""
        async with AsyncExitStack() as present:
            while True:
                try:
                    async with AsyncExitStack() as opening:
                        lease = await self._lease()
                        life = min((lease.not_after - self.clock.now()).total_seconds(), LONGEST_LIFE)
                        link = await opening.enter_async_context(
                            Link.open(lease, self.config, within=self.within, seconds=life)
                        )
                        following = opening.pop_all()
                except (CloudError, ConfigError, TunnelError) as error:
                    self._say("down", str(error))
                    if isinstance(error, TunnelError) and error.answered:
                        self._unused = None
                    await self.clock.sleep(self._pause(error))
                    continue
                await present.aclose()
                present.push_async_exit(following)
                self._unused, self._failures = None, 0
                self._say("up")
                await self._until(link, life * (TWO_THIRDS + self.rng.uniform(-TENTH, TENTH)))
                if link.has_ended:
                    self._say("down", link.reason)
                    await self.clock.sleep(self.rng.uniform(0, FIRST_PAUSE))

    async def _lease(self) -> Lease:
        if self._unused is None or self._unused.not_after <= self.clock.now():
            self._unused = await take(self.cloud, self.config)
        return self._unused

    async def _until(self, link: Link, due: float) -> None:
        """Return when the link has ended, or the next lease is due."""
        waits = [asyncio.create_task(link.ended()), asyncio.create_task(self.clock.sleep(due))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _pause(self, error: Exception) -> float:
        """Seconds to wait after a failure: full jitter, and long where asking again soon is of no use."""
        if isinstance(error, ForbiddenError | RefusedError | ConfigError):
            return self.rng.uniform(REFUSED_PAUSE / 2, REFUSED_PAUSE)
        self._failures += 1
        drawn = self.rng.uniform(0, min(FIRST_PAUSE * 2.0 ** min(self._failures - 1, 30), LONGEST_PAUSE))
        return max(drawn, error.retry_after) if isinstance(error, BusyError) else drawn

    def _say(self, standing: Standing, why: str = "") -> None:
        """Once for each change, and not for each try."""
        level = logging.DEBUG if standing == self._standing else logging.INFO
        logger.log(level, "the tunnel is %s%s", standing, f": {why}" if why else "")
        self._standing = standing
