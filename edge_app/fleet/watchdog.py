"""The watchdog: a sign of life goes out only while every station, the store and the event loop make progress."""

import logging
from collections.abc import Callable, Collection

from sqlite_utils import Database

from edge_app.clock import Clock
from edge_app.fleet.supervisor import Supervisor
from edge_app.metering.probe.probe import PAUSES, Probe
from edge_app.store import Store

GRACE = 60.0
"""Seconds that a station may take beyond its longest wait for bytes or for a port."""

logger = logging.getLogger(__name__)


async def feed(supervisor: Supervisor, *, store: Store, probes: Callable[[], Collection[Probe]], clock: Clock) -> None:
    """Give signs of life for as long as the app runs, if anybody waits for them.

    `probes` says which ones have to make progress at present. A store that hangs holds the sign back by itself, as
    does an event loop that stands still. Whoever waited in vain ends the process and starts it afresh.
    """
    if supervisor.every is None:
        return
    while True:
        await store.run(_breathe)
        stuck = [probe.port.url for probe in probes() if stands_still(probe, clock.monotonic())]
        if stuck:
            logger.error("%s: no progress, so there is no sign of life either", ", ".join(stuck))
        else:
            supervisor.alive()
        await clock.sleep(supervisor.every)


def stands_still(probe: Probe, now: float) -> bool:
    """Whether a probe has neither given bytes nor turned to its port for longer than it may: not even a silent one."""
    return probe.turned is not None and now - probe.turned > probe.port.silence + PAUSES[-1] + GRACE


def _breathe(db: Database) -> None:
    """Ask the database for nothing: an answer means that its thread goes on."""
    db.execute("select 1").fetchone()
