"""`edge-app simulate`: a virtual meter."""

import asyncio
import signal
from argparse import Namespace
from contextlib import suppress

from edge_app import logs
from edge_app.cli.ports import catalogue
from edge_app.clock import SystemClock
from edge_app.errors import ConfigError
from edge_app.simulator import simulate


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    with suppress(asyncio.CancelledError):
        asyncio.run(_simulate(given))
    return 0


async def _simulate(given: Namespace) -> None:
    """Be a meter until SIGTERM, and take the link away then."""
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await simulate(
        meter=type(catalogue(given).meter(given.model)),
        link=given.link,
        tcp=_address(given.tcp),
        variant=given.variant,
        locked=given.locked,
        pin=given.pin,
        seed=given.seed,
        pace=given.pace,
        interval=given.interval,
        capture=given.capture,
        role=given.role,
        clock=SystemClock(),
        seven_bit=given.seven_bit,
        scenario=given.scenario,
        paced=given.paced,
    )


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"--tcp: {text!r} is no address (expected HOST:PORT)")
    return host, int(port)
