"""A limit: the same server, which answers uploads without storing them.

The TLS, the routes, who is asking by certificate, the reading and checking of the batch are the same. Nothing asks a
database.
"""

import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from cloud_api import logs, wire
from cloud_api.access.proxies import Proxies
from cloud_api.api import measurement
from cloud_api.api.body import LARGEST, answer, take
from cloud_api.api.door import answer_refusals
from cloud_api.api.routes import DEVICE_PORT
from cloud_api.clock import SystemClock
from cloud_api.folder.layout import DEVICE_AUTHORITY, DEVICE_ROOT, SERVER, DataFolder
from cloud_api.pki.chain import Trust
from cloud_api.pki.identity import identity_of
from cloud_api.pki.tls import device_context
from cloud_api.wire.checks import check_batch


async def serve(folder: DataFolder) -> None:
    trusted = [folder.pki / f"{name}.pem" for name in (DEVICE_ROOT, DEVICE_AUTHORITY)]
    proxies, clock = Proxies((), Trust.load(trusted[1:])), SystemClock()

    async def count(request: web.Request) -> web.Response:
        identity_of(proxies.certificate(request) or b"")
        batch = await take(request, wire.MeasurementBatch)
        check_batch(batch, clock.now())
        return answer(wire.Stored(stored=len(batch.measurements), duplicates=0))

    app = web.Application(middlewares=[answer_refusals], client_max_size=LARGEST)
    app.add_routes(
        [
            web.route(route.method, route.path, count) if route.handler is measurement.add else route.definition()
            for route in DEVICE_PORT
        ]
    )
    runner = web.AppRunner(app, access_log_class=logs.AccessLines, auto_decompress=False, handle_signals=False)
    await runner.setup()
    assert runner.server
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    context = device_context(folder.pki / f"{SERVER}.pem", folder.pki / f"{SERVER}.key", trusted=trusted)
    server = await asyncio.get_running_loop().create_server(runner.server, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await told.wait()
    server.close()
    await runner.cleanup()


if __name__ == "__main__":
    logs.configure(verbose=False)
    asyncio.run(serve(DataFolder(Path(sys.argv[1]))))
