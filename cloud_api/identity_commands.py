"""Commands around identity: which devices may come, the secrets of groups, the audit log."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cloud_api import shared_secrets
from cloud_api.clock import SystemClock
from cloud_api.config import DataFolder, database_place
from cloud_api.errors import SetupError
from cloud_api.shared_secrets import Group
from cloud_api.store import audit, device_list, devices, refusals
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.database import Database
from cloud_api.store.place import Place
from cloud_api.wire_reports import ListedDevice

PAGE = 1000


def add_to(verbs: Any, device: Any, common: Any) -> None:
    """The parsers of these commands; those of devices stand under `device`."""
    revoke = device.add_parser("revoke", parents=[common], help="deny all certificates of a device, from now on")
    revoke.add_argument("uuid", type=_uuid, metavar="UUID", help="of the measurement device")
    revoke.set_defaults(do=revoke_device)
    lists = device.add_parser("list", parents=[common], help="devices, their certificates and refused attempts")
    lists.set_defaults(do=list_devices)

    secret = verbs.add_parser("secret", help="shared secrets").add_subparsers(required=True, metavar="COMMAND")
    for name, do, explanation in (
        ("change", change_secret, "make another secret; the one before stays good until `secret end-change`"),
        ("end-change", end_change, "let the newest secret alone be good"),
    ):
        command = secret.add_parser(name, parents=[common], help=explanation)
        command.add_argument("group", type=Group, choices=list(Group), help="whose secret")
        command.set_defaults(do=do)

    log = verbs.add_parser("audit", help="who did what").add_subparsers(required=True, metavar="COMMAND")
    verify = log.add_parser("verify", parents=[common], help="say whether the audit log is whole")
    verify.add_argument("--holding", metavar="HASH", help="what `audit verify` printed before; it has to be there yet")
    verify.set_defaults(do=verify_audit)


async def revoke_device(given: Namespace) -> str:
    async with Database.open(_place(given)) as database, database.write() as connection:
        household = await devices.household_of(connection, given.uuid)
        if household is None:
            raise SetupError(f"{given.uuid}: no measurement device")
        now = SystemClock().now()
        denied = await devices.deny(connection, given.uuid, at=now)
        entry = Entry(at=now, who=COMMAND, what="device revoked", household=household, subject=given.uuid)
        await audit.add(connection, entry)
    return f"{given.uuid}: {denied} certificates are denied; `device provision` gives it another\n"


async def list_devices(given: Namespace) -> str:
    async with Database.open(_place(given)) as database, database.read() as connection:
        found: list[ListedDevice] = []
        cursor: UUID | None = None
        while True:
            page = await device_list.page(connection, limit=PAGE, cursor=cursor)
            found += page.measurement_devices
            cursor = page.next
            if cursor is None:
                break
        others = await refusals.totals(connection)
    rows = [("DEVICE", "HOUSEHOLD", "CERTIFICATE", "LAST ACTIVITY", "REFUSED"), *map(_row, found)]
    for device in found:
        others.pop(str(device.uuid), None)
    told = [f"refused, {who}: {times}" for who, times in sorted(others.items())]
    return "".join(f"{line}\n" for line in [*_aligned(rows), *told])


async def change_secret(given: Namespace) -> str:
    folder = _folder(given)
    shared_secrets.change(folder.secrets, given.group)
    await _enter(given, f"secret of {given.group} changed")
    return (
        f"{folder.secrets / given.group}: made; the one before stays good "
        f"until `cloud-api secret end-change {given.group}`\n"
    )


async def end_change(given: Namespace) -> str:
    ended = shared_secrets.end_change(_folder(given).secrets, given.group)
    await _enter(given, f"old secret of {given.group} ended")
    return f"{given.group}: {'the old secret is good no more' if ended else 'there was one secret only'}\n"


async def verify_audit(given: Namespace) -> str:
    async with Database.open(_place(given)) as database, database.read() as connection:
        chain = await audit.verify(connection, holding=given.holding)
    if chain.broken:
        raise SetupError(f"the audit log is whole up to entry {chain.entries}; entry {chain.broken} does not fit to it")
    if not chain.held:
        raise SetupError(f"{given.holding}: no entry of the audit log has this hash; it was changed or cut off")
    return f"{chain.entries} entries, whole; the last has the hash {chain.last}\n"


async def _enter(given: Namespace, what: str) -> None:
    async with Database.open(_place(given)) as database, database.write() as connection:
        await audit.add(connection, Entry(at=SystemClock().now(), who=COMMAND, what=what))


def _row(device: ListedDevice) -> tuple[str, ...]:
    until = "denied" if device.certificate_denied else _moment(device.certificate_until)
    refused = str(device.refused_attempts)
    return str(device.uuid), str(device.household), until, _moment(device.last_active_at), refused


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def _folder(given: Namespace) -> DataFolder:
    folder = DataFolder.named(given.data)
    folder.check()
    return folder


def _place(given: Namespace) -> Place:
    return database_place(given.database, _folder(given))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no UUID") from error
