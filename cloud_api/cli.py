"""The commands of `cloud-api`."""

import argparse
import asyncio
import os
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from yarl import URL

from cloud_api import commands, geodata_commands, identity_commands, logs
from cloud_api.attempts import REQUESTS
from cloud_api.errors import CloudApiError, Problem
from cloud_api.limits import UPLOADS
from cloud_api.privacy.geocoding import TABLE

DONE, FAILED, INTERRUPTED = 0, 1, 130


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments; each carries the function that does it."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: CLOUD_API_DATA, else cloud-data)"
    )
    common.add_argument(
        "--database",
        metavar="URL",
        help="such as sqlite:////srv/cloud.db or postgresql://host/name (default: a file in the data folder)",
    )
    common.add_argument("--verbose", action="store_true", help="say more, on standard error")

    root = argparse.ArgumentParser(
        prog="cloud-api",
        description="The Data API, and what is done around it.",
        epilog="Exit status: 0 done; 1 it failed, with the reason on standard error; 2 wrong usage.",
    )
    root.add_argument("--version", action="version", version=f"%(prog)s {version('zaehlwerk')}")
    verbs = root.add_subparsers(required=True, metavar="COMMAND")

    init = verbs.add_parser("init", parents=[common], help="make authorities, secrets and database; again is safe")
    init.add_argument("--name", action="append", default=[], help="a further name or address of the server; repeatable")
    init.add_argument(
        "--root-keys",
        type=Path,
        metavar="DIR",
        help="where the keys of the roots are kept, such as a medium to put away (default: in the data folder)",
    )
    init.set_defaults(do=commands.init)

    run = verbs.add_parser("run", parents=[common], help="serve until SIGTERM")
    run.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    run.add_argument("--port", type=_port, default=8443, help="the port for devices (default: 8443; 0: a free one)")
    run.add_argument(
        "--pages-port", type=_port, default=8444, help="the port for people (default: 8444; 0: a free one)"
    )
    run.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes that serve (default: 1; more want PostgreSQL)"
    )
    _geocoder(run)
    run.add_argument(
        "--uploads-an-hour",
        type=_count,
        default=UPLOADS,
        metavar="N",
        help=f"uploads that are taken from a device in an hour, and twice as many at once (default: {UPLOADS})",
    )
    run.add_argument(
        "--requests-a-minute",
        type=_count,
        default=REQUESTS,
        metavar="N",
        help=f"requests of people that an address is answered in a minute (default: {REQUESTS})",
    )
    run.add_argument(
        "--proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a proxy, or a network of them, whose Client-Cert and X-Forwarded-For are believed; repeatable",
    )
    run.set_defaults(do=commands.run)

    household = verbs.add_parser("household", help="households").add_subparsers(required=True, metavar="COMMAND")
    add = household.add_parser("add", parents=[common], help="register a household; prints it with every uuid, as JSON")
    add.add_argument(
        "file", type=Path, metavar="FILE.json", help="as for POST /management/household; - for standard input"
    )
    _geocoder(add)
    add.set_defaults(do=commands.add_household)

    device = verbs.add_parser("device", help="measurement devices").add_subparsers(required=True, metavar="COMMAND")
    provision = device.add_parser("provision", parents=[common], help="write the bundle of a device")
    provision.add_argument("uuid", type=_uuid, metavar="UUID", help="of the measurement device")
    provision.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the bundle is written")
    provision.add_argument("--url", type=_url, help="of the device port (default: where the service last listened)")
    provision.add_argument(
        "--port",
        type=_meter_port,
        action="append",
        default=[],
        metavar="METER_UUID=PORT",
        help="a meter's port; repeatable",
    )
    provision.set_defaults(do=commands.provision)
    identity_commands.add_to(verbs, device, common)

    migrate = verbs.add_parser("migrate", parents=[common], help="bring the database up to date")
    migrate.set_defaults(do=commands.migrate)
    backup = verbs.add_parser("backup", parents=[common], help="write all that is kept into one file, while it is used")
    backup.add_argument("file", type=Path, metavar="FILE.tar", help="where to; it holds keys and secrets")
    backup.set_defaults(do=commands.backup)
    restore = verbs.add_parser("restore", parents=[common], help="make a data folder and a database out of a backup")
    restore.add_argument("file", type=Path, metavar="FILE.tar", help="what `backup` has written")
    restore.set_defaults(do=commands.restore)
    geodata_commands.add_to(verbs, common)
    openapi = verbs.add_parser("openapi", parents=[common], help="print the OpenAPI document")
    openapi.set_defaults(do=commands.openapi)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; the answer is the exit status."""
    given: Namespace = parser().parse_args(arguments)
    logs.configure(verbose=given.verbose)
    try:
        print(asyncio.run(given.do(given)), end="")
    except Problem as problem:
        faults = [f"{fault.pointer or '/'}: {fault.detail}" for fault in problem.faults]
        print(f"cloud-api: {'; '.join(faults) or problem.detail}", file=sys.stderr)
        return FAILED
    except CloudApiError as error:
        print(f"cloud-api: {error}", file=sys.stderr)
        return FAILED
    except SQLAlchemyError as error:
        print(f"cloud-api: the database failed ({type(error).__name__})", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _geocoder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--geocoder",
        default=TABLE,
        metavar="WHERE",
        help="who finds a point for an address: table, or nominatim+URL, or photon+URL (default: table)",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise ArgumentTypeError(f"{text!r} is no port (expected 0 to 65535)")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ArgumentTypeError(f"{text!r} is no number of them (expected 1 or more)")
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no UUID") from error


def _url(text: str) -> str:
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme != "https" or not url.host or url.path_qs not in {"", "/"}:
        raise ArgumentTypeError(
            f"{text!r} is no address of the service (expected one like https://cloud.example.org:8443)"
        )
    return text.rstrip("/")


def _meter_port(text: str) -> tuple[UUID, str]:
    uuid, _, port = text.partition("=")
    if not port:
        raise ArgumentTypeError(f"{text!r} is no METER_UUID=PORT")
    return _uuid(uuid), port
