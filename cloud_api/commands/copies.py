"""`backup` and `restore`."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.folder import copies
from cloud_api.folder.layout import DataFolder, database_place


def add_to(verbs: Any, common: Any) -> None:
    out = verbs.add_parser("backup", parents=[common], help="write all that is kept into one file, while it is used")
    out.add_argument("file", type=Path, metavar="FILE.tar", help="where to; it holds keys and secrets")
    out.set_defaults(do=backup)
    back = verbs.add_parser("restore", parents=[common], help="make a data folder and a database out of a backup")
    back.add_argument("file", type=Path, metavar="FILE.tar", help="what `backup` has written")
    back.add_argument(
        "--journal",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a consent-journal that goes on after the backup: who has revoked since is revoked again; repeatable",
    )
    back.set_defaults(do=restore)


async def backup(given: Namespace) -> str:
    place = arguments.place_of(given)
    await copies.backup(arguments.folder_of(given), place, given.file, clock=SystemClock())
    await arguments.enter(given, "backup made")
    return f"{given.file}: made\n"


async def restore(given: Namespace) -> str:
    folder = DataFolder.named(given.data)
    restored = await copies.restore(
        given.file, folder, database_place(given.database, folder), clock=SystemClock(), journals=given.journal
    )
    told = f"{folder.path}: restored as it was at {restored.made_at:%Y-%m-%d %H:%M} UTC; "
    if given.journal:
        return f"{told}{restored.revoked} consents that were revoked since are revoked again\n"
    return (
        f"{told}no --journal was named: consents that were revoked since "
        "have to be revoked again before anybody works with the data\n"
    )
