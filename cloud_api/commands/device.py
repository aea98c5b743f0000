"""`device`: which measurement devices may come, and the bundles that let them."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.folder import bundle
from cloud_api.folder.wifi import Wifi
from cloud_api.store import audit, device_list, devices, leases, refusals
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.wire import ListedDevice

PAGE = 1000


def add_to(verbs: Any, common: Any) -> None:
    device = verbs.add_parser("device", help="measurement devices").add_subparsers(required=True, metavar="COMMAND")
    provision = device.add_parser("provision", parents=[common], help="write the bundle of a device")
    provision.add_argument("uuid", type=arguments.uuid, metavar="UUID", help="of the measurement device")
    provision.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the bundle is written")
    provision.add_argument(
        "--url", type=arguments.address, help="of the device port (default: where the service last listened)"
    )
    provision.add_argument(
        "--port",
        type=arguments.meter_port,
        action="append",
        default=[],
        metavar="METER_UUID=PORT",
        help="a meter's port; repeatable",
    )
    provision.add_argument("--wifi", metavar="SSID", help="the household's Wi-Fi; its passphrase is asked for")
    provision.add_argument(
        "--wifi-passphrase-file",
        type=Path,
        metavar="FILE",
        help="a file with that passphrase that only its owner may read (else: a prompt)",
    )
    provision.set_defaults(do=provision_device)
    revoke = device.add_parser("revoke", parents=[common], help="deny all certificates of a device, from now on")
    revoke.add_argument("uuid", type=arguments.uuid, metavar="UUID", help="of the measurement device")
    revoke.set_defaults(do=revoke_device)
    lists = device.add_parser("list", parents=[common], help="devices, their certificates and refused attempts")
    lists.set_defaults(do=list_devices)


async def provision_device(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    if given.wifi_passphrase_file and not given.wifi:
        raise SetupError("--wifi-passphrase-file: expected --wifi SSID besides")
    wifi = Wifi.asked(given.wifi, given.wifi_passphrase_file) if given.wifi else None
    async with arguments.opened(given) as database:
        await bundle.provision(
            folder,
            given.uuid,
            given.out,
            url=given.url,
            ports=dict(given.port),
            database=database,
            clock=SystemClock(),
            wifi=wifi,
        )
    slip = folder.slip(given.uuid)
    return f"{given.out}: made\n{slip}: its access codes, to print and then to delete; the device has no use for them\n"


async def revoke_device(given: Namespace) -> str:
    async with arguments.opened(given) as database, database.write() as connection:
        household = await devices.household_of(connection, given.uuid)
        if household is None:
            raise SetupError(f"{given.uuid}: no measurement device")
        now = SystemClock().now()
        denied = await devices.deny(connection, given.uuid, at=now)
        await leases.deny(connection, given.uuid, at=now)
        entry = Entry(at=now, who=COMMAND, what="device revoked", household=household, subject=given.uuid)
        await audit.add(connection, entry)
    return f"{given.uuid}: {denied} certificates are denied; `device provision` gives it another\n"


async def list_devices(given: Namespace) -> str:
    async with arguments.opened(given) as database, database.read() as connection:
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


def _row(device: ListedDevice) -> tuple[str, ...]:
    until = "denied" if device.certificate_denied else _moment(device.certificate_until)
    refused = str(device.refused_attempts)
    return str(device.uuid), str(device.household), until, _moment(device.last_active_at), refused


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
