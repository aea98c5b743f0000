"""The application: everything that a device runs is made here, in this order, and closed backwards."""

import asyncio
import contextlib
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec
from aiohttp import web

from edge_app.clock import Clock, Synchrony, SystemClock, built
from edge_app.config import Config, MeterConfig, PagesConfig
from edge_app.fleet.diagnostics import gathered
from edge_app.fleet.supervisor import Supervisor
from edge_app.fleet.tunnel.permission import Permission
from edge_app.fleet.tunnel.sessions import noted
from edge_app.fleet.update.journal import reported
from edge_app.fleet.watchdog import feed
from edge_app.metering.bookkeeping import book_slots
from edge_app.metering.dating import Dating
from edge_app.metering.meter import Meter
from edge_app.metering.plugins import catalogue
from edge_app.metering.plugins.contribution import Device
from edge_app.metering.plugins.running import Plugins
from edge_app.metering.post import Post, make_posts
from edge_app.metering.posts import Posts
from edge_app.model.consent import Consent
from edge_app.model.measurement import Measurement
from edge_app.model.slot import Grid
from edge_app.model.undated import Undated
from edge_app.setup.fitter import Fitter
from edge_app.setup.trial import Laboratory
from edge_app.store import Store, contacts, incidents, measurements, undated
from edge_app.sync.certificate import keep_certificate
from edge_app.sync.client import CloudClient
from edge_app.sync.condition import condition
from edge_app.sync.consent_watch import watch_consent
from edge_app.sync.device import device_uuid
from edge_app.sync.gate import ConsentGate
from edge_app.sync.incidents import tell_of_incidents
from edge_app.sync.pair import Pair
from edge_app.sync.slots import SLOT, account_for_slots
from edge_app.sync.upload import upload
from edge_app.sync.wishes import fulfil
from edge_app.web.access.codes import Codes
from edge_app.web.announcement import announced
from edge_app.web.keys import Decisions, MeterOnPage, Service
from edge_app.web.pages import make_pages
from edge_app.web.participant.inquiries import Cloud
from edge_app.web.plugin_pages import mount
from edge_app.web.setup.bench import Bench

logger = logging.getLogger(__name__)

FORGET_EVERY = 3600.0
"""Seconds between looks for what was kept long enough."""
HISTORY = timedelta(days=400)
"""How long an incident is kept after its end."""
PARTING = 1.0
"""Seconds that a page which is just being answered has when the service ends."""


async def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT."""
    serving = asyncio.create_task(serve(config))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        logger.info("stopped")


async def serve(config: Config, clock: Clock | None = None) -> None:
    """Do all that a device does, side by side; an error that was not foreseen ends everything."""
    supervisor, clock = Supervisor.of(os.environ), clock or SystemClock()
    models = catalogue.load(config.plugins.folder)
    for plugin, reason in models.failed.items():
        logger.warning("plugin %s could not be used: %s", plugin, reason)
    plugins = Plugins(models)
    synchrony = Synchrony(clock=clock, trusted=config.schedule.clock == "trusted")
    synchrony.not_before(built())
    Pair.of(config.cloud).settle()
    device = device_uuid(config.cloud.certificate)
    async with (
        Store.open(config.store.database, clock=clock) as store,
        CloudClient.open(config.cloud, clock=clock, synchrony=synchrony) as cloud,
    ):
        cloud.tell_with_each(partial(condition, store, partial(reported, Path(sys.prefix))))
        gate = await ConsentGate.open(store)
        if passed := await store.run(contacts.latest):
            synchrony.not_before(passed)
        grid = Grid(timedelta(seconds=config.schedule.interval))

        async def keep(measurement: Measurement) -> bool:
            how = undated.keep_marked if synchrony.doubtful else measurements.keep
            kept = gate.granted.is_set() and await store.run(how, measurement)
            if kept:
                about = {"meter": measurement.meter, "slot": f"{measurement.slot:%Y-%m-%dT%H:%M:%SZ}"}
                logger.info("a measurement is kept", extra=about)
                plugins.tell("measurement_taken", measurement=measurement)
            return kept

        async def hold(given: Undated) -> bool:
            return gate.granted.is_set() and await store.run(undated.keep, given)

        dating = Dating(
            store=store,
            grid=grid,
            clock=clock,
            synchrony=synchrony,
            taken=lambda measurement: plugins.tell("measurement_taken", measurement=measurement),
        )

        meters: list[MeterOnPage] = []
        known: dict[UUID, Meter] = {}

        def make(wanted: Sequence[MeterConfig]) -> Mapping[UUID, Post]:
            settings = msgspec.structs.replace(config, meter=tuple(wanted))
            return make_posts(
                settings, models, store=store, clock=clock, synchrony=synchrony, keep=keep, hold=hold, plugins=plugins
            )

        def tell(wanted: Sequence[MeterConfig]) -> None:
            meters[:] = [_on_page(each, posts) for each in wanted]
            known.clear()
            known.update({each.uuid: models.meter(each.model) for each in wanted if each.model in models.models})

        posts = Posts(make, run=lambda post: _while_granted(gate, post.run), changed=tell)
        fitter = Fitter(config, posts=posts, models=models, store=store, clock=clock)
        await fitter.take_up()
        plugins.begin(config.plugin, Device(uuid=device, meters=known), clock)
        for incident in await store.run(incidents.open_now):
            plugins.tell("incident_opened", incident=incident)
        permission = Permission(config=config.tunnel, clock=clock)
        pages = make_pages(
            store=store,
            meters=meters,
            decisions=Decisions(
                grant=lambda version, sha256: _decided(gate, cloud.grant(version, sha256)),
                revoke=lambda: _decided(gate, cloud.revoke()),
            ),
            names=config.pages.names,
            cloud=Cloud(ask=cloud.look, tell=cloud.tell),
            codes=Codes(participant=config.pages.participant_code, installer=config.pages.installer_code),
            clock=clock,
            service=Service(
                mode=config.tunnel.mode,
                sessions=partial(noted, config.tunnel.folder),
                until=permission.until,
                allow=permission.give,
                end=permission.take_back,
            ),
            bench=Bench(
                fitter=fitter,
                laboratory=Laboratory(store=store, cloud=cloud, gate=gate, synchrony=synchrony, clock=clock),
                address=config.cloud.url,
                plugins=config.plugins.folder,
            ),
        )
        mount(pages, plugins)
        async with _served(pages, config.pages), asyncio.TaskGroup() as tasks:
            tasks.create_task(posts.run(), name="posts")
            tasks.create_task(fitter.run(), name="fitter")
            tasks.create_task(
                watch_consent(store, cloud, gate, config=config.cloud, device=device, clock=clock), name="consent"
            )
            tasks.create_task(
                upload(store, cloud, gate, config=config.cloud, device=device, clock=clock, rng=random.SystemRandom()),
                name="upload",
            )
            tasks.create_task(
                tell_of_incidents(
                    store, cloud, gate, config=config.cloud, device=device, clock=clock, rng=random.SystemRandom()
                ),
                name="incidents",
            )
            tasks.create_task(_while_granted(gate, dating.run), name="dating")
            if config.schedule.interval == SLOT.total_seconds():  # the ledger is of quarters of an hour alone
                books = partial(
                    book_slots,
                    store,
                    lambda: [each for each in known if posts.of(each)],
                    grid=grid,
                    clock=clock,
                    synchrony=synchrony,
                    before=dating.date,
                )
                tasks.create_task(_while_granted(gate, books), name="bookkeeping")
                tasks.create_task(
                    account_for_slots(store, cloud, gate, config=config.cloud, device=device, clock=clock), name="slots"
                )
            tasks.create_task(
                keep_certificate(store, cloud, config=config.cloud, clock=clock, rng=random.SystemRandom()),
                name="certificate",
            )
            gather = partial(gathered, config, store=store, models=models, clock=clock, synchrony=synchrony)
            tasks.create_task(fulfil(cloud, gather, clock=clock), name="diagnostics")
            tasks.create_task(_forget(store, config.store.keep_days, clock, synchrony), name="forget")
            tasks.create_task(_tell_of_consent(gate, plugins), name="consent for plugins")
            tasks.create_task(
                feed(
                    supervisor,
                    store=store,
                    probes=lambda: [post.station.probe for post in posts.all()] if gate.granted.is_set() else [],
                    clock=clock,
                ),
                name="watchdog",
            )
            for owner, service in plugins.ask("services"):
                tasks.create_task(plugins.run(owner, service), name=f"plugin {owner.name}")
            supervisor.ready()


def _on_page(meter: MeterConfig, posts: Posts) -> MeterOnPage:
    post = posts.of(meter.uuid)
    return MeterOnPage(uuid=meter.uuid, model=meter.model, station=post.station if post else None)


async def _while_granted(gate: ConsentGate, run: Callable[[], Coroutine[None, None, None]]) -> None:
    """Be at a meter only while consent stands: before, and after, its port stays closed and its light off."""
    await gate.granted.wait()
    listening = asyncio.create_task(run())
    revoked = asyncio.create_task(gate.revoked.wait())
    try:
        await asyncio.wait((listening, revoked), return_when=asyncio.FIRST_COMPLETED)
    finally:
        listening.cancel()
        revoked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening


async def _decided(gate: ConsentGate, answer: Awaitable[Consent]) -> Consent:
    """Remember what the cloud says of the consent."""
    consent = await answer
    await gate.set(consent)
    return consent


async def _tell_of_consent(gate: ConsentGate, plugins: Plugins) -> None:
    """Tell the plugins once consent stands, and once it is revoked."""
    if not gate.revoked.is_set():
        await gate.granted.wait()
        plugins.tell("consent_changed", consent=gate.consent)
    await gate.revoked.wait()
    plugins.tell("consent_changed", consent=gate.consent)


async def _forget(store: Store, days: int, clock: Clock, synchrony: Synchrony) -> None:
    """Let acknowledged measurements go once they were kept long enough for a cloud that lost them to ask again.

    Incidents go too, when they have long been over. While the time of day is not known nothing goes.
    """
    while True:
        if synchrony:
            await store.run(measurements.forget_acknowledged, clock.now() - timedelta(days=days))
            await store.run(incidents.forget_ended, clock.now() - HISTORY)
        await clock.sleep(FORGET_EVERY)


@asynccontextmanager
async def _served(pages: web.Application, config: PagesConfig) -> AsyncIterator[None]:
    runner = web.AppRunner(pages, access_log=None, shutdown_timeout=PARTING)
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.host, config.port)
        await site.start()
        port = runner.addresses[0][1]
        logger.info("the page is at port %d", port)
        async with announced(port) if config.announce else contextlib.nullcontext():
            yield
    finally:
        await runner.cleanup()
