"""Several processes serve at the same two ports; the one that began them keeps them going and ends them.

Every worker has a listening socket of its own for each port (SO_REUSEPORT), so that the kernel spreads connections
evenly. The sockets are opened here and outlive a worker: what waits in one is answered by the worker's successor.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from cloud_api.app import Settings
from cloud_api.clock import SystemClock
from cloud_api.errors import SetupError
from cloud_api.fleet.releases.repository import Repository
from cloud_api.folder.layout import Listener, Listening
from cloud_api.monitoring import sentry
from cloud_api.monitoring import settings as monitoring_settings
from cloud_api.pages import words
from cloud_api.store.database import Database
from cloud_api.store.place import Place, Server
from cloud_api.watch.oversight import overseeing
from cloud_api.worker import READY, Task

AGAIN = 1.0
"""Seconds until the successor of a worker that ended by itself begins."""
logger = logging.getLogger(__name__)

Pair = tuple[socket.socket, socket.socket]
"""Where one worker listens: for devices and for pages."""


async def run(settings: Settings, workers: int, *, verbose: bool, ready: Callable[[Listening], None]) -> None:
    """Serve by so many workers until SIGTERM or SIGINT. Raises SetupError where the first of them cannot begin."""
    server = shared(settings.database, workers)
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    settings.folder.check()
    monitoring = monitoring_settings.load(settings.folder.path)
    sentry.begin(monitoring.sentry)
    async with Database.open(server):
        pass  # brought up to date once, before many look at it
    with ExitStack() as sockets, tempfile.TemporaryDirectory(prefix="cloud-api-") as counts:
        pairs = [
            (sockets.enter_context(device), sockets.enter_context(pages)) for device, pages in _open(settings, workers)
        ]
        tasks = [
            Task(
                folder=str(settings.folder.path),
                database=server.url,
                host=settings.host,
                geocoder=settings.geocoder,
                sockets=(device.fileno(), pages.fileno()),
                verbose=verbose,
                uploads_an_hour=settings.uploads_an_hour,
                requests_a_minute=settings.requests_a_minute,
                proxies=tuple(map(str, settings.proxies)),
            )
            for device, pages in pairs
        ]
        overseen = overseeing(
            server,
            SystemClock(),
            monitoring,
            counted=lambda: _gathered(counts),
            speaking=words.speaking,
            pki=settings.folder.pki,
            releases=Repository(settings.folder.releases),
            metrics=settings.metrics,
        )
        async with AsyncExitStack() as ending, overseen, asyncio.TaskGroup() as keeping:
            firsts = [await ending.enter_async_context(_worker(task, counts)) for task in tasks]
            kept = [keeping.create_task(_keep(task, first, counts)) for task, first in zip(tasks, firsts, strict=True)]
            listening = _listening(settings.host, *pairs[0])
            listening.note(settings.folder)
            ready(listening)
            await told.wait()
            for task in kept:
                task.cancel()


def shared(place: Place, workers: int) -> Server:
    """The database, which several workers may share. Raises SetupError where they may not."""
    if isinstance(place, Server):
        return place
    raise SetupError(
        f"--workers {workers}: SQLite serves one worker; for more, name a PostgreSQL database by --database postgresql://…"
    )


def _gathered(counts: str) -> CollectorRegistry:
    """What all workers have counted, those that ended too."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=counts)  # type: ignore[no-untyped-call]  # its own lack of types
    return registry


async def _keep(task: Task, worker: asyncio.subprocess.Process, counts: str) -> None:
    """Begin a successor whenever a worker has ended."""
    while True:
        logger.warning("a worker ended with status %d; another begins", await worker.wait())
        await asyncio.sleep(AGAIN)
        try:
            async with _worker(task, counts) as worker:
                await worker.wait()
        except SetupError:
            continue


@asynccontextmanager
async def _worker(task: Task, counts: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that serves, ended with the block; it counts in a folder that all share."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloud_api.worker"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        pass_fds=task.sockets,
        env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": counts},
        start_new_session=True,  # an interrupt from the keyboard is the parent's, who ends its workers in order
    )
    assert process.stdin is not None  # noqa: S101  # it was asked for
    assert process.stdout is not None  # noqa: S101  # it was asked for
    try:
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        if await process.stdout.readline() != READY:
            raise SetupError("a worker could not begin; its own words stand above")
        yield process
    finally:
        process.stdin.close()
        await process.wait()


def _listening(host: str, device: socket.socket, pages: socket.socket) -> Listening:
    return Listening(
        device=Listener(host=host, port=device.getsockname()[1]),
        pages=Listener(host=host, port=pages.getsockname()[1]),
    )


def _open(settings: Settings, workers: int) -> list[Pair]:
    """A pair for each worker, at the same two ports."""
    host = settings.host
    device, pages = _free(host, settings.port), _free(host, settings.pages_port)
    return [(_listen(host, device, shared=True), _listen(host, pages, shared=True)) for _ in range(workers)]


def _free(host: str, port: int) -> int:
    """The port, once nobody has it, not even one who would share it; for 0 one that is free."""
    with _listen(host, port, shared=False) as alone:
        number: int = alone.getsockname()[1]
        return number


def _listen(host: str, port: int, *, shared: bool) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, reuse_port=shared)
    except OSError as error:
        raise SetupError(f"{host}, port {port}: cannot listen ({error.strerror})") from error
