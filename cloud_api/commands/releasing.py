"""What `export` and `report` do."""

import asyncio
import sys
from argparse import Namespace

from cloud_api.clock import SystemClock
from cloud_api.commands import arguments
from cloud_api.dataset import export as exporting
from cloud_api.dataset import pseudonyms
from cloud_api.dataset import report as reporting
from cloud_api.dataset.release import Release, View
from cloud_api.errors import SetupError
from cloud_api.ledger.showing import digits
from cloud_api.store import audit
from cloud_api.store.audit import COMMAND, Entry

WIDTH = 40
"""Letters of the progress bar."""


async def export(given: Namespace) -> str:
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
        revoked_series=given.revoked_series,
        authors=given.authors,
    )
    key = pseudonyms.key_of(folder.dataset_key)
    async with arguments.opened(given) as database:
        async with database.write() as connection:
            view = f"{release.view} view{' with revoked series' if release.revoked_series else ''}"
            entry = Entry(at=now, who=COMMAND, what=f"data set exported, {view}, release {release.name}")
            await audit.add(connection, entry)
        async with database.read() as connection:
            summary = await exporting.export(
                connection, release, given.out, form=given.format, key=key, progress=show_progress
            )
    share = summary.tally.completeness
    return (
        f"{given.out}: {summary.standing + summary.revoked} households, {summary.measurements} measurements"
        f"{'' if share is None else f', completeness {digits(share)}%'}\n"
    )


async def report(given: Namespace) -> str:
    page = reporting.report(given.release, given.language)
    try:
        await asyncio.to_thread(given.out.write_text, page, encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{given.out}: cannot be written ({error.strerror})") from error
    return f"{given.out}: made\n"


def show_progress(done: int, whole: int) -> None:
    """A bar on standard error, where somebody looks at it."""
    if sys.stderr.isatty():
        filled = WIDTH * done // whole
        end = "\r" if done < whole else "\n"
        sys.stderr.write(f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{whole}{end}")
        sys.stderr.flush()
