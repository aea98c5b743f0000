"""Frontends in a process of their own, which ask a Data API elsewhere."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import TCPConnector, web

from cloud_api.access.proxies import Network, Proxies
from cloud_api.clock import Clock, SystemClock
from cloud_api.errors import SetupError
from cloud_api.folder.layout import Listener
from cloud_api.frontends import FRONTENDS
from cloud_api.logs import AccessLines
from cloud_api.pages.data_api import DataApi
from cloud_api.pages.frontend import Surroundings, mount
from cloud_api.pki.chain import Trust
from cloud_api.pki.tls import pages_context, server_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `pages` is told."""

    api: str
    """The address of the Data API's pages port."""
    ca: Path
    certificate: Path
    key: Path
    sessions: Path
    frontends: Sequence[str]
    host: str
    port: int
    proxies: tuple[Network, ...]


async def run(settings: Settings, *, ready: Callable[[Listener], None]) -> None:
    """Serve until SIGTERM or SIGINT."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with serving(settings, clock=SystemClock()) as listener:
        ready(listener)
        await told.wait()


@asynccontextmanager
async def serving(settings: Settings, *, clock: Clock) -> AsyncIterator[Listener]:
    """The frontends while the block lasts. Raises SetupError where they cannot begin; port 0 takes a free one."""
    try:
        trusting = ssl.create_default_context(cafile=settings.ca)
        context, names = pages_context(settings.certificate, settings.key), server_names(settings.certificate)
    except (OSError, ValueError) as error:
        raise SetupError(f"{settings.ca.parent}: certificates cannot be read ({type(error).__name__})") from error
    async with DataApi.at(settings.api, TCPConnector(ssl=trusting)) as data_api:
        app = web.Application()
        around = Surroundings(
            data_api=data_api,
            clock=clock,
            folder=settings.sessions,
            names=names,
            proxies=Proxies(settings.proxies, Trust.load([settings.ca])),
        )
        mount(app, [each for each in FRONTENDS if each.name in settings.frontends], around)
        runner = web.AppRunner(app, access_log_class=AccessLines, handle_signals=False, shutdown_timeout=2.0)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, settings.host, settings.port, ssl_context=context).start()
            except OSError as error:
                where = f"{settings.host}, port {settings.port}"
                raise SetupError(f"{where}: cannot listen ({error.strerror})") from error
            yield Listener(host=settings.host, port=runner.addresses[0][1])
        finally:
            await runner.cleanup()
