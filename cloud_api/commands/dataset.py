"""`export` and `report`: the data set, and a first look at it."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from cloud_api.commands import arguments
from cloud_api.errors import SetupError

FORMS = ("parquet", "csv", "sqlite")
NEEDED = "the data set needs more than the service: pip install 'zaehlwerk[cloud,dataset]'"
WORK = "cloud_api.commands.releasing"
"""What needs Arrow, which is large, and installed only where data sets are made: loaded when it is asked for."""


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
    out.add_argument(
        "--revoked-series",
        action="store_true",
        help="with the measurements of households whose consent was revoked: for controlled access alone",
    )
    out.add_argument("--authors", default="Zählwerk research group", metavar="NAME", help="who is to be cited")
    out.set_defaults(do=later("export"))
    page = verbs.add_parser("report", help="a first look at a release, as one page that needs nothing beside itself")
    page.add_argument("--release", type=Path, required=True, metavar="DIR", help="what `export` wrote, in Parquet")
    page.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="where to")
    page.add_argument("--language", choices=("en", "de"), default="en", help="of the page (default: en)")
    page.add_argument("--verbose", action="store_true", help="say more, on standard error")
    page.set_defaults(do=later("report"))


def later(what: str) -> Callable[[Namespace], Awaitable[str]]:
    """A command of the module that is loaded when it is asked for."""

    async def do(given: Namespace) -> str:
        try:
            work = import_module(WORK)
        except ImportError as error:
            raise SetupError(NEEDED) from error
        said: str = await getattr(work, what)(given)
        return said

    return do


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day (expected one such as 2026-11-24)") from error
