"""The whole database as one file, taken while it is used, and a database out of such a file."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cloud_api.errors import SetupError
from cloud_api.files import PRIVATE_FILE
from cloud_api.store.place import Place, Server

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version of PostgreSQL."""


def kind_of(place: Place) -> str:
    return "postgresql" if isinstance(place, Server) else "sqlite"


async def dump(place: Place, file: Path) -> None:
    """Write the database as it is at one moment. Raises SetupError where that cannot be."""
    await asyncio.to_thread(file.touch, mode=PRIVATE_FILE)
    if isinstance(place, Server):
        await _give(place, "pg_dump", "--format=custom", "--no-owner", f"--file={file}")
    else:
        await asyncio.to_thread(_copy, place, file)


async def load(file: Path, place: Place) -> None:
    """Make a database out of what `dump` has written. Raises SetupError where there is one already."""
    if isinstance(place, Server):
        await _give(place, "pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(file))
    else:
        await asyncio.to_thread(_copy_new, file, place)


def program(name: str) -> str:
    """A program of PostgreSQL's. Raises SetupError where it is not on this machine."""
    newest_first = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda file: int(file.parts[-3]), reverse=True)
    found = next(map(str, newest_first), None) or shutil.which(name)
    if found is None:
        raise SetupError(f"{name} is needed (Debian: postgresql-client)")
    return found


def _copy_new(source: Path, target: Path) -> None:
    if target.exists():
        raise SetupError(f"{target}: is there already; a backup is restored beside it and never over it")
    _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=PRIVATE_FILE)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise SetupError(f"{source}: cannot be copied ({error})") from error


async def _give(server: Server, name: str, *arguments: str) -> None:
    """Run a program on the server's database; the password goes by its environment, which nobody else can read."""
    parts = urlsplit(server.url)
    open_url = server.url.replace(f":{parts.password}@", "@", 1) if parts.password else server.url
    password = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    process = await asyncio.create_subprocess_exec(
        program(name),
        f"--dbname={open_url}",
        *arguments,
        env={**os.environ, **password},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise SetupError(f"{server}: {lines[0] if lines else f'{name} failed'}")
