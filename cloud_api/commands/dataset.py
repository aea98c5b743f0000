"""`export` and `report`: the data set, and a first look at it."""

import asyncio
import sys
from argparse import ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path
from typing import Any

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.errors import SetupError
from cloud_api.store import audit
from cloud_api.store.audit import COMMAND, Entry

FORMS = ("parquet", "csv", "sqlite")
NEEDED = "the data set needs more than the service: pip install 'zaehlwerk[cloud,dataset]'"
WIDTH = 40
"""Letters of the progress bar."""


def add_to(verbs: Any, common: Any) -> None:
    out = verbs.add_parser("export", parents=[common], help="write a release of the data set into a folder")
    out.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to; must not be there yet")
    out.add_argument("--format", choices=FORMS, default="parquet", help="of the tables (default: parquet)")
    out.add_argument("--release", metavar="NAME", help="its name (default: the day of --to)")
    out.add_argument("--from", dest="since", type=day, metavar="DAY", help="the first day, UTC (default: all)")
    out.add_argument(
        "--to", dest="until", type=day, metavar="DAY", help="the day, UTC, before which it ends (default: today)"
    )
    out.add_argument(
        "--households", type=arguments.uuid, nargs="+", metavar="UUID", help="only these households (default: all)"
    )
    out.add_argument(
        "--identifiers",
        metavar="NAME",
        help="keep the identifiers that go by this name (default: others in each release)",
    )
    out.add_argument(
        "--personal", action="store_true", help="with contact details, of those alone whose consent stands"
    )
    out.add_argument("--authors", default="Zählwerk research group", metavar="NAME", help="who is to be cited")
    out.set_defaults(do=export)
    page = verbs.add_parser("report", help="a first look at a release, as one page that needs nothing beside itself")
    page.add_argument("--release", type=Path, required=True, metavar="DIR", help="what `export` wrote, in Parquet")
    page.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="where to")
    page.add_argument("--verbose", action="store_true", help="say more, on standard error")
    page.set_defaults(do=report)


async def export(given: Namespace) -> str:
    try:
        from cloud_api.dataset import export as exporting
        from cloud_api.dataset import pseudonyms
        from cloud_api.dataset.release import Release, View
    except ImportError as error:  # what it needs is large, and only needed here
        raise SetupError(NEEDED) from error
    folder, now = arguments.folder_of(given), SystemClock().now()
    until = given.until or now.date()
    if until > now.date() or (given.since and given.since >= until):
        raise SetupError("--from and --to: expected days in this order, up to today")
    release = Release(
        name=given.release or until.isoformat(),
        view=View.PERSONAL if given.personal else View.RESEARCH,
        since=given.since,
        until=until,
        identifiers=given.identifiers,
        households=frozenset(given.households) if given.households else None,
        authors=given.authors,
    )
    key = pseudonyms.key_of(folder.dataset_key)
    async with arguments.opened(given) as database:
        async with database.write() as connection:
            entry = Entry(at=now, who=COMMAND, what=f"data set exported, {release.view} view, release {release.name}")
            await audit.add(connection, entry)
        async with database.read() as connection:
            summary = await exporting.export(
                connection, release, given.out, form=given.format, key=key, progress=show_progress
            )
    share = summary.tally.completeness
    return (
        f"{given.out}: {summary.standing + summary.revoked} households, {summary.measurements} measurements"
        f"{'' if share is None else f', completeness {share:.2%}'}\n"
    )


async def report(given: Namespace) -> str:
    try:
        from cloud_api.dataset import report as reporting
    except ImportError as error:
        raise SetupError(NEEDED) from error
    page = reporting.report(given.release)
    try:
        await asyncio.to_thread(given.out.write_text, page, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{given.out}: cannot be written ({error.strerror})") from error
    return f"{given.out}: made\n"


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day (expected one such as 2026-11-24)") from error


def show_progress(done: int, whole: int) -> None:
    """A bar on standard error, where somebody looks at it."""
    if sys.stderr.isatty():
        filled = WIDTH * done // whole
        end = "\r" if done < whole else "\n"
        sys.stderr.write(f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{whole}{end}")
        sys.stderr.flush()
