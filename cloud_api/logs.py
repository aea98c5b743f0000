"""The log: one JSON object a line on standard error, with no value of anybody's in it."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

import msgspec
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

ROUTE = web.RequestKey("route", str)
"""The path of a request as it stands in the map, with `{uuid}` in place of an id."""
NO_ROUTE = "-"


class JsonLines(logging.Formatter):
    """A line names time, level, logger and message; of an exception it tells types and places, and not its text."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = places(record.exc_info[1])
        return msgspec.json.encode(line).decode()


class AccessLines(AbstractAccessLogger):
    """A line for each answer, with the route in place of the path, so that neither ids nor queries are told."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        route = request.get(ROUTE, NO_ROUTE)
        self.logger.info("%s %s %d %.0f ms", request.method, route, response.status, time * 1000)


def configure(*, verbose: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.DEBUG if verbose else logging.INFO, force=True)
    for chatty in ("aiosqlite", "alembic", "geopy", "sqlalchemy", "asyncio", "tuf"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # its lines quote what a client sent


def places(error: BaseException) -> str:
    """Types of an exception and its causes, and where the innermost was raised."""
    names = []
    current: BaseException | None = error
    trace: TracebackType | None = None
    while current is not None:
        names.append(type(current).__name__)
        trace = current.__traceback__ or trace
        current = current.__cause__ or current.__context__
    frames = traceback.extract_tb(trace)
    return " from ".join(names) + "".join(f" < {frame.name}:{frame.lineno}" for frame in reversed(frames[-5:]))
