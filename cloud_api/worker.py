"""One of several processes that serve: begun by `cloud_api.workers`, with sockets that are open already."""

import asyncio
import logging
import signal
import socket
import sys
from pathlib import Path

import msgspec

from cloud_api import app, heap, logs
from cloud_api.access import proxies
from cloud_api.clock import SystemClock
from cloud_api.errors import CloudApiError
from cloud_api.folder.layout import DataFolder
from cloud_api.monitoring import sentry
from cloud_api.monitoring import settings as monitoring_settings
from cloud_api.monitoring.metrics import ErrorCount, Metrics
from cloud_api.store.place import Server

READY = b"ready\n"
"""What a worker says on its standard output once it serves."""


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is told, on its standard input; when that ends, so does the worker."""

    folder: str
    database: str
    host: str
    geocoder: str
    sockets: tuple[int, int]
    verbose: bool
    uploads_an_hour: int
    requests_a_minute: int
    proxies: tuple[str, ...]

    def settings(self) -> app.Settings:
        device, pages = (socket.socket(fileno=number) for number in self.sockets)
        return app.Settings(
            folder=DataFolder(Path(self.folder)),
            database=Server(self.database),
            host=self.host,
            geocoder=self.geocoder,
            sockets=(device, pages),
            uploads_an_hour=self.uploads_an_hour,
            requests_a_minute=self.requests_a_minute,
            proxies=proxies.named(self.proxies),
        )


async def work() -> None:
    """Serve until whoever began this process ends its input, or is no more; or until SIGTERM."""
    loop = asyncio.get_running_loop()
    told = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    try:
        task = msgspec.json.decode(await told.readline(), type=Task)
        logs.configure(verbose=task.verbose)
        loop.add_signal_handler(signal.SIGTERM, told.feed_eof)
        metrics, settings = Metrics(), task.settings()
        sentry.begin(monitoring_settings.load(settings.folder.path).sentry)
        logging.getLogger().addHandler(ErrorCount(metrics))
        async with app.serving(settings, clock=SystemClock(), metrics=metrics):
            heap.settle()
            sys.stdout.buffer.write(READY)
            sys.stdout.buffer.flush()
            await told.read()
    finally:
        transport.close()


def main() -> int:
    try:
        asyncio.run(work())
    except CloudApiError as error:
        sys.stderr.write(f"cloud-api: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
