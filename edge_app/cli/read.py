"""`edge-app read`: the first whole telegram of the meter on a port."""

import asyncio
import sys
from argparse import Namespace

from edge_app.cli import output
from edge_app.cli.ports import catalogue, port
from edge_app.clock import SystemClock
from edge_app.metering.listening import read_once


def run(given: Namespace) -> int:
    found = asyncio.run(
        read_once(
            port(given, silence=given.timeout + 1),
            catalogue=catalogue(given),
            model=given.model,
            clock=SystemClock(),
            patience=given.timeout,
        )
    )
    if found is None:
        whom = f"the model {given.model}" if given.model else "a known meter"
        print(f"edge-app: no whole telegram of {whom} on {given.port} within {given.timeout:g} s", file=sys.stderr)
        return 1
    meter, telegram, reading = found
    if given.json:
        time = telegram.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        output.print_json({**output.valid(telegram.protocol, reading), "model": meter.model, "time": time})
    else:
        print(f"{meter.name}, {telegram.at.astimezone():%Y-%m-%d %H:%M:%S}")
        output.print_reading(reading)
    return 0
