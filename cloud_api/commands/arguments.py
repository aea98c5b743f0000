"""What arguments of commands may be, and what many commands begin with: the data folder and its database."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from yarl import URL

from cloud_api.clock import SystemClock
from cloud_api.errors import SetupError
from cloud_api.folder.layout import DataFolder, database_place
from cloud_api.privacy.geocoding import TABLE
from cloud_api.store import audit
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.database import Database
from cloud_api.store.place import Place
from cloud_api.watch.oversight import Address

LOOPBACK = "127.0.0.1"


def folder_of(given: Namespace) -> DataFolder:
    """The data folder. Raises SetupError where `init` has not been."""
    folder = DataFolder.named(given.data)
    folder.check()
    return folder


def place_of(given: Namespace) -> Place:
    """Where the database of the data folder is."""
    return database_place(given.database, folder_of(given))


@asynccontextmanager
async def opened(given: Namespace) -> AsyncIterator[Database]:
    """The database of the data folder, while the block lasts."""
    async with Database.open(place_of(given)) as database:
        yield database


def content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error


async def enter(given: Namespace, what: str) -> None:
    """Say in the audit log what a command did."""
    async with opened(given) as database, database.write() as connection:
        await audit.add(connection, Entry(at=SystemClock().now(), who=COMMAND, what=what))


def add_geocoder(command: ArgumentParser) -> None:
    command.add_argument(
        "--geocoder",
        default=TABLE,
        metavar="WHERE",
        help="who finds a point for an address: table, or nominatim+URL, or photon+URL (default: table)",
    )


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise ArgumentTypeError(f"{text!r} is no port (expected 0 to 65535)")
    return int(text)


def metrics(text: str) -> Address:
    host, _, number = text.rpartition(":")
    return Address(host=host.strip("[]") or LOOPBACK, port=port(number))


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number of them (expected 1 or more)")
    return int(text)


def uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no UUID") from error


def address(text: str) -> str:
    """Where devices find the service."""
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme != "https" or not url.host or url.path_qs not in {"", "/"}:
        raise ArgumentTypeError(
            f"{text!r} is no address of the service (expected one like https://cloud.example.org:8443)"
        )
    return text.rstrip("/")


def among(named: list[str], known: list[str]) -> list[str]:
    """What was named, or all there is. Raises SetupError for what is none of them."""
    for name in named:
        if name not in known:
            raise SetupError(f"{name}: is none (expected {' or '.join(known)})")
    return named or known


def meter_port(text: str) -> tuple[UUID, str]:
    meter, _, line = text.partition("=")
    if not line:
        raise ArgumentTypeError(f"{text!r} is no METER_UUID=PORT")
    return uuid(meter), line
