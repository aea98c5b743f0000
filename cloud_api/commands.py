"""What each command does, and what it then says on standard output."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path

from cloud_api import app, bundle, copies, json_exact, proxies, setup_folder, wire, workers
from cloud_api.api.body import parse
from cloud_api.api.openapi import document
from cloud_api.checks import check_household
from cloud_api.clock import SystemClock
from cloud_api.config import DataFolder, Listening, database_place
from cloud_api.errors import SetupError
from cloud_api.privacy import geocoding
from cloud_api.privacy.placing import Placer
from cloud_api.store import audit, households
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.database import Database
from cloud_api.store.place import Place
from cloud_api.store.registering import register


async def init(given: Namespace) -> str:
    folder, path = _places(given)
    told = await setup_folder.init(
        folder, names=given.name, database=path, clock=SystemClock(), root_keys=given.root_keys
    )
    return "".join(f"{sentence}\n" for sentence in told)


async def run(given: Namespace) -> str:
    folder, place = _places(given)
    settings = app.Settings(
        folder=folder,
        database=place,
        host=given.host,
        port=given.port,
        pages_port=given.pages_port,
        geocoder=given.geocoder,
        uploads_an_hour=given.uploads_an_hour,
        requests_a_minute=given.requests_a_minute,
        proxies=proxies.named(tuple(given.proxy)),
    )
    if given.workers == 1:
        await app.run(settings, ready=_say_ready)
    else:
        await workers.run(settings, given.workers, verbose=given.verbose, ready=_say_ready)
    return ""


async def backup(given: Namespace) -> str:
    folder, place = _places(given)
    folder.check()
    await copies.backup(folder, place, given.file, clock=SystemClock())
    return f"{given.file}: made\n"


async def restore(given: Namespace) -> str:
    folder, place = _places(given)
    made_at = await copies.restore(given.file, folder, place)
    return (
        f"{folder.path}: restored as it was at {made_at:%Y-%m-%d %H:%M} UTC; "
        "consents revoked since then have to be revoked again before anybody works with the data\n"
    )


async def add_household(given: Namespace) -> str:
    folder, path = _places(given)
    folder.check()
    draft = parse(await asyncio.to_thread(_content, given.file), wire.HouseholdDraft)
    check_household(draft)
    placer = Placer(geocoder=geocoding.named(given.geocoder))
    async with Database.open(path) as database:
        placed = await placer.place(database, draft.address, draft.location)
        async with database.write() as connection:
            uuid = await register(connection, draft, placed=placed, at=SystemClock().now())
            household = await households.whole(connection, uuid)
            entry = Entry(at=SystemClock().now(), who=COMMAND, what="household registered", household=uuid)
            await audit.add(connection, entry)
    return json_exact.pretty(household)


async def provision(given: Namespace) -> str:
    folder, path = _places(given)
    folder.check()
    async with Database.open(path) as database:
        await bundle.provision(
            folder,
            given.uuid,
            given.out,
            url=given.url,
            ports=dict(given.port),
            database=database,
            clock=SystemClock(),
        )
    return f"{given.out}: made\n"


async def migrate(given: Namespace) -> str:
    folder, path = _places(given)
    folder.check()
    async with Database.open(path):
        return f"{path}: up to date\n"


async def openapi(_given: Namespace) -> str:
    return document()


def _places(given: Namespace) -> tuple[DataFolder, Place]:
    folder = DataFolder.named(given.data)
    return folder, database_place(given.database, folder)


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise SetupError(f"{file}: cannot be read ({error.strerror})") from error


def _say_ready(listening: Listening) -> None:
    sys.stdout.write(f"ready: devices at {listening.device.url}, pages at {listening.pages.url}\n")
    sys.stdout.flush()
