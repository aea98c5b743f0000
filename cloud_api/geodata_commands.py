"""Commands around consent and geodata: imports, consent texts, receipts."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from cloud_api import json_exact
from cloud_api.clock import SystemClock
from cloud_api.config import DataFolder, database_place
from cloud_api.errors import SetupError
from cloud_api.fields import TextVersion
from cloud_api.privacy import receipts
from cloud_api.privacy.atlas import to_content
from cloud_api.privacy.districts import join
from cloud_api.privacy.postal_codes import ATTRIBUTION, read_postal_codes
from cloud_api.privacy.shapes import read_layer
from cloud_api.privacy.workbook import read_workbook
from cloud_api.store import consent_texts, geodata
from cloud_api.store.database import Database


def add_to(verbs: Any, common: Any) -> None:
    """The parsers of these commands."""
    data = verbs.add_parser("geodata", help="districts and postal codes")
    geo = data.add_subparsers(required=True, metavar="COMMAND")
    bring = geo.add_parser("import", parents=[common], help="take official files in place of what is held")
    bring.add_argument("--districts", type=Path, metavar="VG250.zip", help="outlines of districts: BKG's shapefile")
    bring.add_argument(
        "--density",
        type=Path,
        metavar="04-kreise.xlsx",
        help="people per km²: Destatis' workbook",
    )
    bring.add_argument(
        "--postal-codes", type=Path, metavar="DE.zip", help="GeoNames' postal codes, or a CSV with plz, place, lat, lon"
    )
    bring.set_defaults(do=import_geodata)

    receipt = verbs.add_parser("receipt", help="receipts of consent").add_subparsers(required=True, metavar="COMMAND")
    verify = receipt.add_parser("verify", parents=[common], help="say whether a receipt is one of this cloud")
    verify.add_argument("file", type=Path, metavar="FILE", help="the receipt, or the answer that it came with")
    verify.set_defaults(do=verify_receipt)

    text = verbs.add_parser("consent-text", help="what is agreed to").add_subparsers(required=True, metavar="COMMAND")
    add = text.add_parser("add", parents=[common], help="keep a text that devices show from now on; prints its SHA-256")
    add.add_argument("version", metavar="VERSION", help="such as 2027-03; the same in each language")
    add.add_argument("file", type=Path, metavar="FILE", help="the text in UTF-8, just as it is shown")
    add.add_argument("--language", choices=("de", "en"), default=consent_texts.BINDING, help="(default: de)")
    add.set_defaults(do=add_text)


async def import_geodata(given: Namespace) -> str:
    if bool(given.districts) != bool(given.density):
        raise SetupError("--districts and --density go together")
    contents: dict[geodata.Kind, geodata.Content] = {}
    told = []
    if given.districts:
        layer, workbook = await asyncio.gather(
            asyncio.to_thread(read_layer, given.districts), asyncio.to_thread(read_workbook, given.density)
        )
        joined = join(layer, workbook)
        contents["districts"] = to_content(joined.regions, joined.attributions)
        told.append(f"districts: {len(joined.regions)} joined")
        told += [f"{given.districts}: district {key} is not in the other file" for key in joined.without_density]
        told += [f"{given.density}: district {key} is not in the other file" for key in joined.without_outline]
    if given.postal_codes:
        places = await asyncio.to_thread(read_postal_codes, given.postal_codes)
        contents["postal-codes"] = to_content(places, [ATTRIBUTION])
        told.append(f"postal codes: {len(places)} places")
    if not contents:
        raise SetupError("nothing to import (expected --districts and --density, or --postal-codes)")
    async with _opened(given) as database, database.write() as connection:
        for kind, content in contents.items():
            await geodata.put(connection, kind, content, at=SystemClock().now())
    return "".join(f"{sentence}\n" for sentence in told)


async def verify_receipt(given: Namespace) -> str:
    folder = DataFolder.named(given.data)
    folder.check()
    return json_exact.pretty(receipts.verify(folder.pki, given.file))


async def add_text(given: Namespace) -> str:
    try:
        version = msgspec.convert(given.version, TextVersion)
        content = (await asyncio.to_thread(given.file.read_bytes)).decode()
    except msgspec.ValidationError as error:
        raise SetupError("VERSION: expected one such as 2026-11") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{given.file}: no text in UTF-8 that can be read") from error
    async with _opened(given) as database, database.write() as connection:
        sha256 = await consent_texts.add(connection, version, given.language, content, at=SystemClock().now())
    return f"{sha256}\n"


@asynccontextmanager
async def _opened(given: Namespace) -> AsyncIterator[Database]:
    folder = DataFolder.named(given.data)
    folder.check()
    async with Database.open(database_place(given.database, folder)) as database:
        yield database
