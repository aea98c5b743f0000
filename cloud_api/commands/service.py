"""`init`, `run`, `migrate`, `openapi`: the service itself."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api import app, workers
from cloud_api.access import proxies
from cloud_api.access.attempts import REQUESTS
from cloud_api.access.limits import UPLOADS
from cloud_api.api.openapi import document
from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.folder import making
from cloud_api.folder.layout import DataFolder, Listening, database_place
from cloud_api.store.database import Database


def add_to(verbs: Any, common: Any) -> None:
    first = verbs.add_parser("init", parents=[common], help="make authorities, secrets and database; again is safe")
    first.add_argument(
        "--name", action="append", default=[], help="a further name or address of the server; repeatable"
    )
    first.add_argument(
        "--root-keys",
        type=Path,
        metavar="DIR",
        help="where the keys of the roots are kept, such as a medium to put away (default: in the data folder)",
    )
    first.set_defaults(do=init)

    serve = verbs.add_parser("run", parents=[common], help="serve until SIGTERM")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serve.add_argument(
        "--port", type=arguments.port, default=8443, help="the port for devices (default: 8443; 0: a free one)"
    )
    serve.add_argument(
        "--pages-port", type=arguments.port, default=8444, help="the port for people (default: 8444; 0: a free one)"
    )
    serve.add_argument(
        "--workers",
        type=arguments.count,
        default=1,
        metavar="N",
        help="processes that serve (default: 1; more want PostgreSQL)",
    )
    arguments.add_geocoder(serve)
    serve.add_argument(
        "--uploads-an-hour",
        type=arguments.count,
        default=UPLOADS,
        metavar="N",
        help=f"uploads that are taken from a device in an hour, and twice as many at once (default: {UPLOADS})",
    )
    serve.add_argument(
        "--requests-a-minute",
        type=arguments.count,
        default=REQUESTS,
        metavar="N",
        help=f"requests of people that an address is answered in a minute (default: {REQUESTS})",
    )
    serve.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy, or a network of them, whose Client-Cert and X-Forwarded-For are believed; repeatable",
    )
    serve.add_argument(
        "--metrics",
        type=arguments.metrics,
        metavar="[HOST:]PORT",
        help="where Prometheus asks for figures, without TLS or a secret (default: nowhere; default host: 127.0.0.1)",
    )
    serve.set_defaults(do=run)

    verbs.add_parser("migrate", parents=[common], help="bring the database up to date").set_defaults(do=migrate)
    verbs.add_parser("openapi", parents=[common], help="print the OpenAPI document").set_defaults(do=openapi)


async def init(given: Namespace) -> str:
    folder = DataFolder.named(given.data)
    database = database_place(given.database, folder)
    told = await making.init(
        folder, names=given.name, database=database, clock=SystemClock(), root_keys=given.root_keys
    )
    return "".join(f"{sentence}\n" for sentence in told)


async def run(given: Namespace) -> str:
    folder = DataFolder.named(given.data)
    settings = app.Settings(
        folder=folder,
        database=database_place(given.database, folder),
        host=given.host,
        port=given.port,
        pages_port=given.pages_port,
        geocoder=given.geocoder,
        uploads_an_hour=given.uploads_an_hour,
        requests_a_minute=given.requests_a_minute,
        proxies=proxies.named(tuple(given.proxy)),
        metrics=given.metrics,
    )
    if given.workers == 1:
        await app.run(settings, ready=_say_ready)
    else:
        await workers.run(settings, given.workers, verbose=given.verbose, ready=_say_ready)
    return ""


async def migrate(given: Namespace) -> str:
    place = arguments.place_of(given)
    async with Database.open(place):
        return f"{place}: up to date\n"


async def openapi(_given: Namespace) -> str:
    return document()


def _say_ready(listening: Listening) -> None:
    sys.stdout.write(f"ready: devices at {listening.device.url}, pages at {listening.pages.url}\n")
    sys.stdout.flush()
