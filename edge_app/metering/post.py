"""A post: all that a device does at one meter, put together as the settings say."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from edge_app.clock import Clock, Synchrony, boot_id
from edge_app.config import Config, MeterConfig
from edge_app.errors import ConfigError
from edge_app.metering.meter import Meter
from edge_app.metering.plugins.catalogue import Catalogue
from edge_app.metering.plugins.running import Plugins
from edge_app.metering.probe.light import Lamp, lamp
from edge_app.metering.probe.probe import Connection, Port, Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.metering.unlock.steward import Steward, Stewardship
from edge_app.metering.unlock.timing import timing
from edge_app.metering.watch.incident_book import IncidentBook
from edge_app.metering.watch.line_watch import LineWatch
from edge_app.metering.watch.nameplate import Nameplate
from edge_app.model.measurement import Measurement
from edge_app.model.reading import Reading
from edge_app.model.slot import Grid
from edge_app.model.undated import Undated
from edge_app.store import Store
from edge_app.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The station that reads a meter, the watch on its line, and the steward that unlocks it."""

    station: Station
    watch: LineWatch
    steward: Steward

    async def run(self) -> None:
        """All three, until cancelled; the light is off then, and the port is closed."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.steward.run())
            tasks.create_task(self.watch.run())
            tasks.create_task(self.station.run())


def make_posts(
    config: Config,
    models: Catalogue,
    *,
    store: Store,
    clock: Clock,
    synchrony: Synchrony,
    keep: Callable[[Measurement], Awaitable[object]],
    hold: Callable[[Undated], Awaitable[object]],
    plugins: Plugins,
) -> dict[UUID, Post]:
    """Make a post for each meter of the settings that has a port.

    A meter whose model no plugin brings is named in the catalogue and not read. Raises ConfigError for a timing that
    cannot be, and for a key that is of no use.
    """
    grid = Grid(timedelta(seconds=config.schedule.interval))
    vault = Vault.beside(config.store.database)
    posts = {}
    for each in config.meter:
        if each.model not in models.models:
            models.miss(each.model)
            continue
        model = models.meter(each.model)
        may = _stewardship(each, model, after=config.unlock.after, clock=clock)
        if each.port is None:
            continue
        port = Port(url=each.port, driver=config.probe.driver, silence=config.probe.silence)
        station = Station(
            probe=Probe(port, clock=clock),
            meter=model,
            schedule=Schedule(each.uuid, grid, boot=boot_id()),
            synchrony=synchrony,
            keep=keep,
            hold=hold,
            listen=partial(_heard, plugins, each.uuid, model),
            is_ours=Nameplate(store, each.uuid).is_ours,
        )
        book = IncidentBook(
            store,
            meter=each.uuid,
            model=each.model,
            clock=clock,
            opened=lambda incident: plugins.tell("incident_opened", incident=incident),
            closed=lambda incident: plugins.tell("incident_closed", incident=incident),
        )
        posts[each.uuid] = Post(
            station=station,
            watch=LineWatch(station, book, clock=clock),
            steward=Steward(station, book, meter=each.uuid, store=store, vault=vault, clock=clock, may=may),
        )
    return posts


def _stewardship(settings: MeterConfig, model: Meter, *, after: float, clock: Clock) -> Stewardship:
    """What may be done with a meter. Raises ConfigError with its uuid."""
    usual = timing(type(model))
    if usual is None and (settings.unlock or settings.keep_alive):
        raise ConfigError(f"[[meter]] {settings.uuid}: {model.name}: no PIN is known to be entered by light")
    try:
        own = usual.with_overrides(settings.unlock) if usual else None
    except ConfigError as error:
        raise ConfigError(f"[[meter]] {settings.uuid}: {error}") from error
    return Stewardship(
        lamp=partial(_lamp, settings, clock),
        timing=own,
        overrides=settings.unlock,
        keep_alive=settings.keep_alive,
        after=after,
    )


def _lamp(settings: MeterConfig, clock: Clock, line: Connection) -> AbstractAsyncContextManager[Lamp]:
    return lamp(
        line.port.url,
        line.write,
        baudrate=line.port.baudrate,
        clock=clock,
        driver=settings.light,
        inverted=settings.inverted,
    )


def _heard(plugins: Plugins, uuid: UUID, model: Meter, reading: Reading, at: datetime) -> None:
    plugins.tell("reading_heard", meter=uuid, model=model, reading=reading, at=at)
