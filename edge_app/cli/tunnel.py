"""`edge-app tunnel`: the service that keeps the tunnel up."""

import asyncio
import os
import random
import signal
from argparse import Namespace
from contextlib import suppress
from pathlib import Path

from edge_app import config, logs
from edge_app.clock import Synchrony, SystemClock
from edge_app.config import Config
from edge_app.fleet import sentry
from edge_app.fleet.supervisor import Supervisor
from edge_app.fleet.tunnel.keeping import Keeper
from edge_app.fleet.tunnel.permission import Permission
from edge_app.sync.client import CloudClient


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    settings = config.load(given.config)
    if settings.tunnel.mode == "off":
        print("[tunnel] mode is off: there is nothing to keep up")
        return 0
    sentry.begin(settings.sentry)
    with suppress(asyncio.CancelledError):
        asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Config) -> None:
    """Keep it up until SIGTERM or SIGINT."""
    task, clock = asyncio.current_task(), SystemClock()
    assert task is not None  # noqa: S101  # this is one
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    folder = settings.tunnel.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with CloudClient.open(settings.cloud, clock=clock, synchrony=Synchrony(trusted=True)) as cloud:
        Supervisor.of(os.environ).ready()
        keeper = Keeper(
            cloud=cloud,
            config=settings.tunnel,
            permission=Permission(config=settings.tunnel, clock=clock),
            within=Path(os.environ.get("RUNTIME_DIRECTORY") or folder),
            clock=clock,
            rng=random.SystemRandom(),
        )
        await keeper.run()
