"""What runs once for a service: the rounds over the devices, and the port where Prometheus asks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from cloud_api.clock import Clock
from cloud_api.errors import SetupError
from cloud_api.fleet.releases.repository import Repository
from cloud_api.monitoring import figures
from cloud_api.monitoring.settings import Monitoring
from cloud_api.store.database import FAILURES, Database
from cloud_api.store.place import Place
from cloud_api.watch.channels import channels
from cloud_api.watch.message import Say
from cloud_api.watch.releases import ReleaseWatch
from cloud_api.watch.rounds import Rounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where Prometheus asks."""

    host: str
    port: int


@asynccontextmanager
async def overseeing(
    place: Place,
    clock: Clock,
    settings: Monitoring,
    *,
    counted: Callable[[], CollectorRegistry],
    speaking: Callable[[str], Say],
    pki: Path,
    releases: Repository,
    metrics: Address | None,
) -> AsyncIterator[int | None]:
    """Go the rounds while the block lasts, and answer Prometheus at an address, if one is given: at which port.

    `counted` gives what the serving processes have counted, `speaking` who says sentences in a language.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(place))
        port = None
        if metrics:
            port = await stack.enter_async_context(_answering(database, clock, counted, pki, metrics))
        rounds = Rounds(
            database=database,
            clock=clock,
            channels=channels(settings, speaking),
            status_url=settings.status_url,
            since=clock.now(),
            releases=ReleaseWatch(database=database, repository=releases, pki=pki, since=clock.now()),
        )
        going = asyncio.create_task(rounds.go(), name="rounds")
        try:
            yield port
        finally:
            going.cancel()
            await asyncio.wait([going])


@asynccontextmanager
async def _answering(
    database: Database, clock: Clock, counted: Callable[[], CollectorRegistry], pki: Path, address: Address
) -> AsyncIterator[int]:
    async def show(_request: web.Request) -> web.Response:
        content = generate_latest(counted())
        try:
            async with database.read() as connection:
                read = await figures.read(connection, now=clock.now(), pki=pki)
        except FAILURES:  # what was counted is told all the more
            return web.Response(body=content, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})
        standing = CollectorRegistry(auto_describe=False)
        standing.register(read)
        return web.Response(
            body=content + generate_latest(standing), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    app = web.Application()
    app.add_routes([web.get("/metrics", show)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, address.host, address.port).start()
        except OSError as error:
            raise SetupError(f"{address.host}, port {address.port}: cannot listen ({error.strerror})") from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
