"""Making the data folder: authorities, secrets and database, keeping whatever is there already."""

import socket
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

from cloud_api.access.shared_secrets import Group, make
from cloud_api.clock import Clock
from cloud_api.errors import SetupError
from cloud_api.files import make_private, write_private
from cloud_api.folder.layout import AUTHORITY_BEFORE, DEVICE_AUTHORITY, DEVICE_ROOT, SERVER, SERVER_ROOT, DataFolder
from cloud_api.pki import authority, ssh
from cloud_api.pki.issue import names_of, server_certificate
from cloud_api.privacy import journal, receipts
from cloud_api.privacy.defaults import DEFAULTS
from cloud_api.store import geodata
from cloud_api.store.database import Database
from cloud_api.store.place import Place

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
RENEW_BEFORE, RENEW_AUTHORITY_BEFORE = timedelta(days=30), timedelta(days=180)


async def init(
    folder: DataFolder, *, names: Collection[str], database: Place, clock: Clock, root_keys: Path | None = None
) -> list[str]:
    """Make what is missing; what was made and what was kept is told in sentences. Safe to do again.

    The keys of the roots are kept in a folder of their own where one is named, such as a medium that is then put away.
    """
    try:
        for part in (folder.path, folder.pki, folder.secrets, *filter(None, [root_keys])):
            make_private(part)
        told = [*_authorities(folder, root_keys or folder.pki, names, clock), *_ssh(folder)]
        told += [*_secrets(folder), *_consent(folder)]
    except OSError as error:
        raise SetupError(f"{folder.path}: cannot be made ({error.strerror})") from error
    async with Database.open(database) as opened:
        return [*told, f"{database}: up to date", *await _geodata(opened, clock)]


def _authorities(folder: DataFolder, keys: Path, names: Collection[str], clock: Clock) -> Iterator[str]:
    yield _root(folder, keys, SERVER_ROOT, "Zählwerk servers", clock, authorities=0)
    yield _root(folder, keys, DEVICE_ROOT, "Zählwerk devices", clock, authorities=1)
    yield _issuing(folder, keys, clock)
    write_private(folder.ca, (folder.pki / f"{SERVER_ROOT}.pem").read_bytes())
    yield _server(folder, keys, names, clock)
    here = [keys / f"{name}.key" for name in (SERVER_ROOT, DEVICE_ROOT)]
    if any(file.exists() for file in here):
        yield f"{' and '.join(map(str, here))}: take them away and keep them offline; running the service needs neither"


def _root(folder: DataFolder, keys: Path, name: str, common_name: str, clock: Clock, *, authorities: int) -> str:
    file = folder.pki / f"{name}.pem"
    if file.exists():
        return f"{file}: kept"
    root = authority.new_root(common_name, now=clock.now(), authorities=authorities)
    authority.save(root, folder.pki, name, keys=keys)
    return f"{file}: made"


def _issuing(folder: DataFolder, keys: Path, clock: Clock) -> str:
    """Keep the authority while it outlives what it issues; what the one before has issued stays good."""
    file = folder.pki / f"{DEVICE_AUTHORITY}.pem"
    if file.exists():
        present = authority.load(folder.pki, DEVICE_AUTHORITY).certificate
        if present.not_valid_after_utc - clock.now() > RENEW_AUTHORITY_BEFORE:
            return f"{file}: kept"
    root = authority.load(folder.pki, DEVICE_ROOT, keys=keys)
    if file.exists():
        write_private(folder.pki / f"{AUTHORITY_BEFORE}.pem", file.read_bytes())
    authority.save(authority.new_issuing(root, "Zählwerk device authority", now=clock.now()), folder.pki, file.stem)
    return f"{file}: made"


def _server(folder: DataFolder, keys: Path, names: Collection[str], clock: Clock) -> str:
    """Keep the server's certificate while it is good for all names and for a while yet; names it has stay."""
    file = folder.pki / f"{SERVER}.pem"
    wanted = {*OWN_NAMES, socket.gethostname(), *names}
    if file.exists():
        present = authority.load(folder.pki, SERVER).certificate
        if wanted <= names_of(present) and present.not_valid_after_utc - clock.now() > RENEW_BEFORE:
            return f"{file}: kept"
        wanted |= names_of(present)
    root = authority.load(folder.pki, SERVER_ROOT, keys=keys)
    try:
        authority.save(server_certificate(root, sorted(wanted), now=clock.now()), folder.pki, SERVER)
    except ValueError as error:
        raise SetupError(f"--name: no name or address of a server ({error})") from error
    return f"{file}: made, for {', '.join(sorted(wanted))}"


def _ssh(folder: DataFolder) -> Iterator[str]:
    for name in (ssh.TUNNEL, ssh.OPERATORS, ssh.HOSTS):
        yield f"{folder.pki / name}.key: {'made' if ssh.make(folder.pki, name) else 'kept'}"


def _consent(folder: DataFolder) -> Iterator[str]:
    yield f"{folder.pki / receipts.NAME}.pem: {'made' if receipts.make(folder.pki) else 'kept'}"
    yield f"{folder.pki}, keys of the consent journal: {'made' if journal.make(folder.pki) else 'kept'}"


async def _geodata(database: Database, clock: Clock) -> list[str]:
    """Keep the geodata that are there; without any, take those that a package carries."""
    told = []
    async with database.write() as connection:
        for kind, default in DEFAULTS.items():
            if await geodata.imported_at(connection, kind) is not None:
                told.append(f"{kind}: kept")
            elif (content := default()) is None:
                told.append(f"{kind}: none; `cloud-api geodata import` takes the official files")
            else:
                await geodata.put(connection, kind, content, at=clock.now())
                told.append(f"{kind}: {content.entries} taken from a package")
    return told


def _secrets(folder: DataFolder) -> Iterator[str]:
    for group in Group:
        yield f"{folder.secrets / group}: {'made' if make(folder.secrets, group) else 'kept'}"
