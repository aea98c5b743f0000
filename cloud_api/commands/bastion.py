"""`bastion`: where the tunnels of devices end."""

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api.access.shared_secrets import Group
from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.fleet import bastion_folder
from cloud_api.fleet.bastion_folder import PLACE, Asking
from cloud_api.fleet.bastions import Bastion, Bastions
from cloud_api.folder.layout import DataFolder, Listening
from cloud_api.pki.ssh import SshAuthorities

PORT = 2222
UNTOLD_URL = "https://localhost:8444"
"""Where `run` listens unless told otherwise."""


def add_to(verbs: Any, common: Any) -> None:
    bastion = verbs.add_parser("bastion", help="where tunnels end").add_subparsers(required=True, metavar="COMMAND")
    add = bastion.add_parser("add", parents=[common], help="lease ports of a bastion from now on, and write its folder")
    add.add_argument("host", metavar="HOST", help="the name or address under which devices and operators reach it")
    add.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the folder for it is written")
    add.add_argument("--port", type=arguments.port, default=PORT, help=f"where it listens (default: {PORT})")
    add.add_argument(
        "--url",
        type=arguments.address,
        help="of the port for people, where it asks for denied leases (default: where the service last listened)",
    )
    add.add_argument(
        "--place", type=Path, default=PLACE, metavar="DIR", help=f"where its folder lies on it (default: {PLACE})"
    )
    add.set_defaults(do=add_bastion)
    remove = bastion.add_parser("remove", parents=[common], help="lease no ports of a bastion any more")
    remove.add_argument("host", metavar="HOST", help="as it was added")
    remove.set_defaults(do=remove_bastion)


async def add_bastion(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    bastion = Bastion(host=given.host, port=given.port)
    await asyncio.to_thread(
        bastion_folder.write,
        given.out,
        bastion,
        SshAuthorities.load(folder.pki),
        _asking(folder, given.url),
        place=given.place,
        now=SystemClock().now(),
    )
    Bastions(file=folder.bastions).note(bastion)
    await arguments.enter(given, f"bastion {bastion.host} added")
    return f"{given.out}: made; carry it to {bastion.host}, run `install` in it as root, and delete it here\n"


async def remove_bastion(given: Namespace) -> str:
    if not Bastions(file=arguments.folder_of(given).bastions).forget(given.host):
        raise SetupError(f"{given.host}: no bastion of this cloud")
    await arguments.enter(given, f"bastion {given.host} removed")
    return f"{given.host}: no lease is of it any more; tunnels move within eight hours, or when it is switched off\n"


def _asking(folder: DataFolder, url: str | None) -> Asking:
    listening = Listening.noted(folder)
    secret = folder.secrets / Group.BASTION
    try:
        return Asking(
            url=url or (listening.pages.at("localhost") if listening else UNTOLD_URL),
            ca=folder.ca.read_bytes(),
            secret=secret.read_text(encoding="ascii").strip(),
        )
    except OSError as error:
        raise SetupError(f"{secret}: cannot be read; `cloud-api secret change bastion` makes another") from error
