"""`ssh`: a service session on a device, through its tunnel."""

import asyncio
import getpass
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from aiohttp import TCPConnector
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api import wire
from cloud_api.access.shared_secrets import Group
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.fleet.way import Way, laid
from cloud_api.folder.layout import DataFolder, Listening
from cloud_api.pages.data_api import Asker, DataApi, RefusedError
from cloud_api.pki.ssh import public_text
from cloud_api.pki.tls import trusting

PAGES = 8080
"""Where a device has its pages, unless its settings say otherwise."""


def add_to(verbs: Any, common: Any) -> None:
    ssh = verbs.add_parser("ssh", parents=[common], help="open a service session on a device, through its tunnel")
    ssh.epilog = "What stands behind -- is done there, and its exit status is ours; without it a shell is opened."
    ssh.add_argument("uuid", type=arguments.uuid, metavar="UUID", help="of the measurement device")
    ssh.add_argument("--forward", action="store_true", help="open the device's pages at a port of this machine instead")
    ssh.add_argument(
        "--pages-port", type=arguments.port, default=PAGES, help=f"of the device's pages (default: {PAGES})"
    )
    ssh.add_argument("--name", help="who you are, for the audit log (default: the name of your account here)")
    ssh.add_argument(
        "--api", type=arguments.address, metavar="URL", help="of the port for people (default: the data folder's)"
    )
    ssh.add_argument("--ca", type=Path, metavar="FILE", help="whom to trust (default: the data folder's)")
    ssh.add_argument(
        "--secret", type=Path, metavar="FILE", help="the administrators' secret (default: the data folder's)"
    )
    ssh.set_defaults(do=open_session)


def divided(words: Sequence[str]) -> tuple[Sequence[str], Namespace]:
    """The words of a command line, and those behind -- that are for a device.

    argparse would lose these where options stand between them and the uuid.
    """
    dashes = words.index("--") if words[:1] == ["ssh"] and "--" in words else len(words)
    return words[:dashes], Namespace(command=list(words[dashes + 1 :]))


async def open_session(given: Namespace) -> str:
    key = Ed25519PrivateKey.generate()
    request = wire.SessionRequest(name=given.name or getpass.getuser(), key=public_text(key.public_key()))
    with laid(await _asked(given, request), key) as way:
        if given.forward:
            await _forward(way, given.pages_port)
            return ""
        process = await asyncio.create_subprocess_exec(*way.to_the_device(given.command))
        sys.exit(await process.wait())


async def _asked(given: Namespace, request: wire.SessionRequest) -> wire.ServiceSession:
    """The session, from the Data API. Raises SetupError where it is refused."""
    folder = DataFolder.named(given.data)
    secret, ca = given.secret or folder.secrets / Group.ADMINISTRATOR, given.ca or folder.ca
    listening = None if given.api else Listening.noted(folder)
    url = given.api or (listening.pages.at("localhost") if listening else None)
    if url is None:
        raise SetupError("--api: say where the service is; the data folder does not know")
    try:
        asker = Asker(secret=secret.read_text(encoding="ascii").strip(), address="")
        connector = TCPConnector(ssl=trusting(ca))
    except (OSError, ValueError) as error:
        raise SetupError(f"{secret}, {ca}: cannot be read ({type(error).__name__})") from error
    async with DataApi.at(url, connector) as api:
        try:
            return await api.send(
                asker,
                "POST",
                f"/management/measurement_device/{given.uuid}/session",
                wire.ServiceSession,
                request,
            )
        except RefusedError as error:
            faults = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in error.faults)
            raise SetupError(faults or error.detail or f"{url}: there is no answer") from error


async def _forward(way: Way, port: int) -> None:
    """Until SIGTERM or SIGINT. What it needs is large, and loaded when it is asked for."""
    forwarded = import_module("cloud_api.fleet.forward").forwarded
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    with forwarded(way, port) as here:
        sys.stdout.write(f"ready: http://127.0.0.1:{here}/ is the device, until Ctrl-C\n")
        sys.stdout.flush()
        await told.wait()
