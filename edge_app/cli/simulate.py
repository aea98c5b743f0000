"""`edge-app simulate`: a virtual meter."""

import asyncio
from argparse import Namespace

from edge_app import logs
from edge_app.cli.ports import catalogue
from edge_app.clock import SystemClock
from edge_app.errors import ConfigError
from edge_app.simulator import simulate


def run(given: Namespace) -> int:
    logs.set_up(verbose=given.verbose)
    asyncio.run(
        simulate(
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
        )
    )
    return 0


def _address(text: str | None) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"--tcp: {text!r} is no address (expected HOST:PORT)")
    return host, int(port)
