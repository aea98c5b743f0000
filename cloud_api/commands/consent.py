"""`consent-text` and `receipt`: what is agreed to, and the receipts of it."""

import asyncio
from argparse import Namespace
from pathlib import Path
from typing import Any

import msgspec

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.privacy import receipts
from cloud_api.privacy.journal import Journal
from cloud_api.store import consent_texts
from cloud_api.wire import json_exact
from cloud_api.wire.fields import TextVersion


def add_to(verbs: Any, common: Any) -> None:
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

    consent = verbs.add_parser("consent", help="what was agreed to").add_subparsers(required=True, metavar="COMMAND")
    told = consent.add_parser(
        "told", parents=[common], help="print when an e-mail address granted and revoked, as JSON, even after erasure"
    )
    told.add_argument("file", type=Path, metavar="FILE", help="a file with the address; - for standard input")
    told.set_defaults(do=tell)


async def verify_receipt(given: Namespace) -> str:
    return json_exact.pretty(receipts.verify(arguments.folder_of(given).pki, given.file))


async def add_text(given: Namespace) -> str:
    try:
        version = msgspec.convert(given.version, TextVersion)
        content = (await asyncio.to_thread(given.file.read_bytes)).decode()
    except msgspec.ValidationError as error:
        raise SetupError("VERSION: expected one such as 2026-11") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{given.file}: no text in UTF-8 that can be read") from error
    async with arguments.opened(given) as database, database.write() as connection:
        sha256 = await consent_texts.add(connection, version, given.language, content, at=SystemClock().now())
    return f"{sha256}\n"


async def tell(given: Namespace) -> str:
    folder = arguments.folder_of(given)
    address = (await asyncio.to_thread(arguments.content, given.file)).decode(errors="replace").strip()
    journal = Journal.load(folder.journal, folder.pki)
    lines = await asyncio.to_thread(journal.told_of, address)
    return json_exact.pretty(
        [{"event": line.event, "at": line.at, "text_version": line.text_version} for line in lines]
    )
