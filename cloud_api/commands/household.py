"""`household add`."""

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import Any

from cloud_api import wire
from cloud_api.api.body import parse
from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.privacy import geocoding
from cloud_api.privacy.placing import Placer
from cloud_api.store import audit, households
from cloud_api.store.audit import COMMAND, Entry
from cloud_api.store.registering import register
from cloud_api.wire import json_exact
from cloud_api.wire.checks import check_household


def add_to(verbs: Any, common: Any) -> None:
    household = verbs.add_parser("household", help="households").add_subparsers(required=True, metavar="COMMAND")
    command = household.add_parser(
        "add", parents=[common], help="register a household; prints it with every uuid, as JSON"
    )
    command.add_argument(
        "file", type=Path, metavar="FILE.json", help="as for POST /management/household; - for standard input"
    )
    arguments.add_geocoder(command)
    command.set_defaults(do=add)


async def add(given: Namespace) -> str:
    async with arguments.opened(given) as database:
        draft = parse(await asyncio.to_thread(arguments.content, given.file), wire.HouseholdDraft)
        check_household(draft, SystemClock().now().date())
        placer = Placer(geocoder=geocoding.named(given.geocoder))
        placed = await placer.place(database, draft.address, draft.location)
        async with database.write() as connection:
            uuid = await register(connection, draft, placed=placed, at=SystemClock().now())
            household = await households.whole(connection, uuid)
            entry = Entry(at=SystemClock().now(), who=COMMAND, what="household registered", household=uuid)
            await audit.add(connection, entry)
    return json_exact.pretty(household)
