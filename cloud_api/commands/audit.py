"""`audit`: who did what."""

from argparse import Namespace
from typing import Any

from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.store import audit


def add_to(verbs: Any, common: Any) -> None:
    log = verbs.add_parser("audit", help="who did what").add_subparsers(required=True, metavar="COMMAND")
    check = log.add_parser("verify", parents=[common], help="say whether the audit log is whole")
    check.add_argument("--holding", metavar="HASH", help="what `audit verify` printed before; it has to be there yet")
    check.set_defaults(do=verify)


async def verify(given: Namespace) -> str:
    async with arguments.opened(given) as database, database.read() as connection:
        chain = await audit.verify(connection, holding=given.holding)
    if chain.broken:
        raise SetupError(f"the audit log is whole up to entry {chain.entries}; entry {chain.broken} does not fit to it")
    if not chain.held:
        raise SetupError(f"{given.holding}: no entry of the audit log has this hash; it was changed or cut off")
    return f"{chain.entries} entries, whole; the last has the hash {chain.last}\n"
