"""Logging: one line a matter on standard error, where the journal finds it."""

import logging
import sys


def set_up(*, verbose: bool = False) -> None:
    """Say warnings and what matters; with `verbose` also what is of use to whoever looks for a fault."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        stream=sys.stderr,
        format="%(levelname)s %(name)s: %(message)s",
    )
    # These speak of each byte and of each request; addresses of people's devices are among them.
    for chatty in ("serialx", "aiosqlite", "asyncio", "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
