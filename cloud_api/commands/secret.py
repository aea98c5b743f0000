"""`secret`: the shared secrets of groups."""

from argparse import Namespace
from typing import Any

from cloud_api.access import shared_secrets
from cloud_api.access.shared_secrets import Group
from cloud_api.commands import arguments


def add_to(verbs: Any, common: Any) -> None:
    secret = verbs.add_parser("secret", help="shared secrets").add_subparsers(required=True, metavar="COMMAND")
    for name, do, explanation in (
        ("change", change_secret, "make another secret; the one before stays good until `secret end-change`"),
        ("end-change", end_change, "let the newest secret alone be good"),
    ):
        command = secret.add_parser(name, parents=[common], help=explanation)
        command.add_argument("group", type=Group, choices=list(Group), help="whose secret")
        command.set_defaults(do=do)


async def change_secret(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    shared_secrets.change(folder.secrets, given.group)
    await arguments.enter(given, f"secret of {given.group} changed")
    return (
        f"{folder.secrets / given.group}: made; the one before stays good "
        f"until `cloud-api secret end-change {given.group}`\n"
    )


async def end_change(given: Namespace) -> str:
    ended = shared_secrets.end_change(arguments.folder_of(given).secrets, given.group)
    await arguments.enter(given, f"old secret of {given.group} ended")
    return f"{given.group}: {'the old secret is good no more' if ended else 'there was one secret only'}\n"
