"""The frontends beside the Data API in one process: they ask it through a socket that nobody else can reach."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import UnixConnector, web

from cloud_api.access.attempts import Attempts
from cloud_api.access.proxies import Proxies
from cloud_api.keys import PACE, PROXIES
from cloud_api.logs import AccessLines
from cloud_api.pages.data_api import DataApi
from cloud_api.pages.frontend import Frontend
from cloud_api.pages.registration.routes import REGISTRATION
from cloud_api.pages.status.routes import STATUS

FRONTENDS: tuple[Frontend, ...] = (REGISTRATION, STATUS)
"""All that there are, in the order in which they are listed."""
PACE_INSIDE = 6000
"""Requests in a minute that an address may cause through pages, of which each asks a few times."""


class Inside(Proxies):
    """Believes whoever asks through the socket: pages, which say whom they ask for."""

    __slots__ = ()

    def _believed(self, _request: web.Request) -> bool:
        return True


@asynccontextmanager
async def asked_inside(app: web.Application) -> AsyncIterator[DataApi]:
    """The Data API of `app`, to be asked by pages of this process while the block lasts."""
    app[PROXIES] = Inside((), app[PROXIES].trust)
    app[PACE] = Attempts(a_minute=PACE_INSIDE)
    runner = web.AppRunner(app, access_log_class=AccessLines, auto_decompress=False, handle_signals=False)
    await runner.setup()
    try:
        with TemporaryDirectory(prefix="zaehlwerk-") as folder:  # which only its owner enters
            socket = str(Path(folder) / "data-api")
            await web.UnixSite(runner, socket).start()
            async with DataApi.at("http://localhost", UnixConnector(path=socket)) as data_api:
                yield data_api
    finally:
        await runner.cleanup()
