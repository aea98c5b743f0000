"""The examination: all checks in the order in which one needs the other, and what they found."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from edge_app import config
from edge_app.clock import Clock, Synchrony, SystemClock
from edge_app.config import Config
from edge_app.errors import ConfigError
from edge_app.fleet.doctor import books, machine, others
from edge_app.fleet.doctor.finding import Finding, fail, ok
from edge_app.fleet.update.journal import Journal
from edge_app.fleet.update.slots import Slots
from edge_app.metering.plugins import catalogue


async def examine(folder: Path, clock: Clock | None = None) -> list[Finding]:
    """Look at everything, beside the service, whose ports and database are its own."""
    try:
        settings = config.load(folder)
    except ConfigError as error:
        return [fail("settings", "wrong", why=str(error))]
    clock = clock or SystemClock()
    synchrony = Synchrony(clock=clock, trusted=settings.schedule.clock == "trusted")
    cloud = await others.cloud(settings, clock, synchrony)
    return [
        ok("settings", "read"),
        *await examine_within(settings, clock, synchrony),
        cloud,
        *[found async for found in others.pages(settings.pages)],
        *[found async for found in others.units(settings)],
        *_update(),
    ]


async def examine_within(settings: Config, clock: Clock, synchrony: Synchrony) -> list[Finding]:
    """What the service can look at by itself; `synchrony` is what it knows of the time."""
    models = await asyncio.to_thread(catalogue.load, settings.plugins.folder)
    return [
        *machine.files(settings),
        machine.certificate(settings, clock),
        machine.clock(synchrony, clock),
        machine.disk(settings),
        *await asyncio.to_thread(books.books, settings, clock),
        *books.plugins(models, settings),
    ]


def _update() -> Iterator[Finding]:
    """What the updater has told, where this program stands in a slot beside others."""
    if slots := Slots.around(Path(sys.prefix)):
        yield from others.update(Journal(slots.home / "update"))
