"""Logging: to systemd's journal where that listens, with fields; else one JSON object a line on standard error."""

import logging
import os
import sys
from types import TracebackType

from edge_app.logs import journal
from edge_app.logs.lines import JsonLines
from edge_app.logs.recent import RECENT

STANDARD_ERROR = 2
logger = logging.getLogger(__name__)


def set_up(*, verbose: bool = False) -> None:
    """Say what matters; with `verbose` also what is of use to whoever looks for a fault.

    An error that was not foreseen is told by its types and places too, and its text, which may hold anything, is not.
    """
    handler = journal.handler(os.environ, STANDARD_ERROR) or _on_standard_error()
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(handlers=[handler, RECENT], level=level, force=True)
    # These speak of each byte and of each request; addresses of people's devices are among them.
    for chatty in ("serialx", "aiosqlite", "asyncio", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _unforeseen


def _on_standard_error() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logger.critical("ended by an error that was not foreseen", exc_info=(kind, error, trace))
