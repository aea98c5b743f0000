"""The service: what is opened, in which order, and closed again backwards."""

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from cloud_api import heap
from cloud_api.access.attempts import FAILED as MOST_FAILED
from cloud_api.access.attempts import REQUESTS, Attempts
from cloud_api.access.limits import UPLOADS, limits
from cloud_api.access.proxies import Network, Proxies
from cloud_api.access.shared_secrets import SharedSecrets
from cloud_api.api.body import LARGEST
from cloud_api.api.connection import Connection
from cloud_api.api.door import answer_refusals
from cloud_api.api.management_routes import MANAGEMENT
from cloud_api.api.recently import RECENTLY, Recently
from cloud_api.api.route import Route
from cloud_api.api.routes import DEVICE_PORT, PAGES_PORT
from cloud_api.clock import Clock, SystemClock
from cloud_api.errors import SetupError
from cloud_api.fleet.bastions import Bastions, Tunnels
from cloud_api.fleet.releases.repository import Repository
from cloud_api.folder import bundle
from cloud_api.folder.layout import (
    AUTHORITY_BEFORE,
    DEVICE_AUTHORITY,
    DEVICE_ROOT,
    SERVER,
    DataFolder,
    Listener,
    Listening,
)
from cloud_api.frontends import FRONTENDS, asked_inside
from cloud_api.keys import (
    ACTIVITY,
    AUTHORITY,
    BUNDLER,
    CLOCK,
    DATABASE,
    FAILED,
    INTAKE,
    JOURNAL,
    LIMITS,
    PACE,
    PLACER,
    PROXIES,
    REFUSALS,
    REGISTRY,
    RELEASES,
    SECRETS,
    SIGNER,
    TUNNELS,
    Bundler,
)
from cloud_api.logs import AccessLines
from cloud_api.monitoring import sentry
from cloud_api.monitoring import settings as monitoring_settings
from cloud_api.monitoring.metrics import METRICS, ErrorCount, Metrics, counted
from cloud_api.pages import words
from cloud_api.pages.frontend import Surroundings, mount
from cloud_api.pki import authority
from cloud_api.pki.chain import Trust
from cloud_api.pki.ssh import SshAuthorities
from cloud_api.pki.tls import device_context, pages_context, server_names
from cloud_api.privacy import geocoding
from cloud_api.privacy.geocoding import TABLE
from cloud_api.privacy.journal import Journal
from cloud_api.privacy.placing import Placer
from cloud_api.privacy.receipts import Signer
from cloud_api.store.activity import Activity
from cloud_api.store.database import FAILURES, Database
from cloud_api.store.intake import Intake
from cloud_api.store.place import Place
from cloud_api.store.refusals import Refusals
from cloud_api.store.registry import Registry
from cloud_api.watch.oversight import Address, overseeing

HANDSHAKE, IDLE, FAREWELL = 10.0, 15.0, 2.0
"""Seconds: for a TLS handshake; for the headers of a request, or until the next; for a port's last answers."""
TEND_EVERY = 30.0
"""Seconds between looks after the database: what a reader kept in its log, months to come."""

Where = dict[str, Any]
"""What `create_server` is told: a host and a port, or a socket."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `run` is told."""

    folder: DataFolder
    database: Place
    host: str = "127.0.0.1"
    port: int = 8443
    pages_port: int = 8444
    geocoder: str = TABLE
    """Who is asked for the point of an address, as geocoding.py reads it."""
    uploads_an_hour: int = UPLOADS
    """How many uploads of a device are taken in an hour, in the long run; twice as many at once."""
    requests_a_minute: int = REQUESTS
    """How many requests of people are answered to an address in a minute."""
    metrics: Address | None = None
    """Where Prometheus asks; nowhere without one."""
    proxies: tuple[Network, ...] = ()
    """Whose word is taken for the client's certificate and address."""
    sockets: tuple[socket.socket, socket.socket] | None = None
    """Where to listen, for devices and for pages, if somebody else opened that; else host and ports say it."""


async def run(settings: Settings, *, ready: Callable[[Listening], None]) -> None:
    """Serve until SIGTERM or SIGINT; what was answered until then is on the disk."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    monitoring, metrics = monitoring_settings.load(settings.folder.path), Metrics()
    sentry.begin(monitoring.sentry)
    logging.getLogger().addHandler(ErrorCount(metrics))
    async with (
        serving(settings, clock=SystemClock(), metrics=metrics) as listening,
        overseeing(
            settings.database,
            SystemClock(),
            monitoring,
            counted=lambda: metrics.registry,
            speaking=words.speaking,
            pki=settings.folder.pki,
            releases=Repository(settings.folder.releases),
            metrics=settings.metrics,
        ),
    ):
        heap.settle()
        ready(listening)
        await told.wait()


@asynccontextmanager
async def serving(settings: Settings, *, clock: Clock, metrics: Metrics | None = None) -> AsyncIterator[Listening]:
    """The service while the block lasts. Raises SetupError where it cannot begin; port 0 takes a free one."""
    folder = settings.folder
    folder.check()
    certificate, key = folder.pki / f"{SERVER}.pem", folder.pki / f"{SERVER}.key"
    try:
        devices = device_context(certificate, key, trusted=_trusted(folder))
        pages = pages_context(certificate, key)
    except OSError as error:
        raise SetupError(f"{folder.pki}: certificates cannot be read; `cloud-api init` makes them") from error
    secrets = SharedSecrets.load(folder.secrets)
    issuing = authority.load(folder.pki, DEVICE_AUTHORITY)
    proxies = Proxies(settings.proxies, Trust.load(_trusted(folder)[1:]))
    placer = Placer(geocoder=geocoding.named(settings.geocoder))
    tunnels = Tunnels(bastions=Bastions(file=folder.bastions), authorities=SshAuthorities.load(folder.pki))
    metrics = metrics or Metrics()
    signer, journal = Signer.load(folder.pki), Journal.load(folder.journal, folder.pki)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(settings.database))
        await stack.enter_async_context(tending(database, clock))
        intake = await stack.enter_async_context(Intake.open(database, clock))
        registry = await stack.enter_async_context(Registry.open(database))
        activity = await stack.enter_async_context(Activity.open(database))
        refusals = await stack.enter_async_context(Refusals.open(database))
        often = limits(uploads_an_hour=settings.uploads_an_hour)
        failed, pace = Attempts(a_minute=MOST_FAILED), Attempts(a_minute=settings.requests_a_minute)

        async def make_bundle(device: UUID, who: str) -> dict[str, bytes]:
            return await bundle.made(folder, device, url=None, ports={}, database=database, clock=clock, who=who)

        def made(routes: Sequence[Route]) -> web.Application:
            app = make_app(routes, database=database, intake=intake, secrets=secrets, clock=clock)
            app[PLACER], app[SIGNER], app[JOURNAL] = placer, signer, journal
            app[ACTIVITY], app[REFUSALS], app[LIMITS] = activity, refusals, often
            app[REGISTRY], app[METRICS] = registry, metrics
            app[RECENTLY] = Recently()
            app[BUNDLER], app[TUNNELS] = Bundler(make_bundle), tunnels
            app[RELEASES] = Repository(folder.releases)
            app[AUTHORITY], app[PROXIES], app[FAILED], app[PACE] = issuing, proxies, failed, pace
            return app

        async def listen(
            app: web.Application, port: int, given: socket.socket | None, context: ssl.SSLContext
        ) -> Listener:
            where: Where = {"sock": given} if given else {"host": settings.host, "port": port}
            return await stack.enter_async_context(_listening(app, settings.host, port, where, context))

        around = Surroundings(
            data_api=await stack.enter_async_context(asked_inside(made(MANAGEMENT))),
            clock=clock,
            folder=folder.sessions,
            names=server_names(certificate),
            proxies=proxies,
        )
        for_devices, for_people = made(DEVICE_PORT), made(PAGES_PORT)
        mount(for_people, FRONTENDS, around)
        device_socket, pages_socket = settings.sockets or (None, None)
        listening = Listening(
            device=await listen(for_devices, settings.port, device_socket, devices),
            pages=await listen(for_people, settings.pages_port, pages_socket, pages),
        )
        listening.note(folder)
        yield listening


def _trusted(folder: DataFolder) -> list[Path]:
    """The root of the devices, and those that issue or issued under it."""
    before = folder.pki / f"{AUTHORITY_BEFORE}.pem"
    root, present = (folder.pki / f"{name}.pem" for name in (DEVICE_ROOT, DEVICE_AUTHORITY))
    return [root, present, *([before] if before.exists() else [])]


def make_app(
    routes: Sequence[Route], *, database: Database, intake: Intake, secrets: SharedSecrets, clock: Clock
) -> web.Application:
    app = web.Application(middlewares=[counted, answer_refusals], client_max_size=LARGEST)
    app[DATABASE], app[INTAKE], app[SECRETS], app[CLOCK] = database, intake, secrets, clock
    app.add_routes([route.definition() for route in routes])
    return app


@asynccontextmanager
async def _listening(
    app: web.Application, host: str, port: int, where: Where, context: ssl.SSLContext
) -> AsyncIterator[Listener]:
    runner = web.AppRunner(app, shutdown_timeout=FAREWELL, handle_signals=False)
    loop = asyncio.get_running_loop()
    await runner.setup()
    try:
        assert runner.server is not None  # noqa: S101  # setup() has made it
        connection = partial(
            Connection,
            runner.server,
            loop=loop,
            access_log_class=AccessLines,
            auto_decompress=False,  # a body that is no gzip would be refused before its route is known
            keepalive_timeout=IDLE,
        )
        try:
            server = await loop.create_server(
                connection, **where, ssl=context, ssl_handshake_timeout=HANDSHAKE, ssl_shutdown_timeout=1.0
            )
        except OSError as error:
            raise SetupError(f"{host}, port {port}: cannot listen ({error.strerror})") from error
        try:
            yield Listener(host=host, port=server.sockets[0].getsockname()[1])
        finally:
            server.close()
    finally:
        await runner.cleanup()


@asynccontextmanager
async def tending(database: Database, clock: Clock) -> AsyncIterator[None]:
    """Look after the database while the block lasts, the first time before it begins."""

    async def tend() -> None:
        while True:
            await asyncio.sleep(TEND_EVERY)
            try:
                await database.tend(clock.now())
            except FAILURES:
                logger.exception("the database could not be looked after")

    await database.tend(clock.now())
    task = asyncio.create_task(tend(), name="tend")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
