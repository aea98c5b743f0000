"""`pages`: frontends in a process of their own."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api import apart
from cloud_api.access import proxies
from cloud_api.commands import arguments
from cloud_api.folder.layout import SERVER, DataFolder, Listener
from cloud_api.frontends import FRONTENDS


def add_to(verbs: Any, common: Any) -> None:
    names = [frontend.name for frontend in FRONTENDS]
    pages = verbs.add_parser("pages", parents=[common], help="serve frontends alone, which ask a Data API elsewhere")
    pages.add_argument("frontend", nargs="*", metavar="FRONTEND", help=f"{' or '.join(names)} (default: all)")
    pages.add_argument(
        "--api",
        type=arguments.address,
        required=True,
        metavar="URL",
        help="of the Data API's port for people, such as https://cloud.example.org:8444",
    )
    pages.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    pages.add_argument(
        "--port", type=arguments.port, default=8445, help="the port for people (default: 8445; 0: a free one)"
    )
    pages.add_argument("--ca", type=Path, metavar="FILE", help="whom to trust (default: the data folder's)")
    pages.add_argument("--certificate", type=Path, metavar="FILE", help="of this server (default: the data folder's)")
    pages.add_argument("--key", type=Path, metavar="FILE", help="of the certificate (default: the data folder's)")
    pages.add_argument(
        "--sessions", type=Path, metavar="DIR", help="where sessions are kept, sealed (default: in the data folder)"
    )
    pages.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy, or a network of them, whose X-Forwarded-For is believed; repeatable",
    )
    pages.set_defaults(do=run)


async def run(given: Namespace) -> str:
    folder = DataFolder.named(given.data)
    names = arguments.among(given.frontend, [frontend.name for frontend in FRONTENDS])
    settings = apart.Settings(
        api=given.api,
        ca=given.ca or folder.ca,
        certificate=given.certificate or folder.pki / f"{SERVER}.pem",
        key=given.key or folder.pki / f"{SERVER}.key",
        sessions=given.sessions or folder.sessions,
        frontends=names,
        host=given.host,
        port=given.port,
        proxies=proxies.named(tuple(given.proxy)),
    )
    await apart.run(settings, ready=_say_ready)
    return ""


def _say_ready(listener: Listener) -> None:
    sys.stdout.write(f"ready: pages at {listener.url}\n")
    sys.stdout.flush()
