"""`edge-app detect`: which meter it may be that hangs on a port."""

import asyncio
import sys
from argparse import Namespace

from edge_app.cli import output
from edge_app.cli.ports import catalogue, port
from edge_app.clock import SystemClock
from edge_app.metering.listening import Detected, detect


def run(given: Namespace) -> int:
    found = asyncio.run(
        detect(
            port(given, silence=given.timeout + 1),
            catalogue=catalogue(given),
            clock=SystemClock(),
            patience=given.timeout,
        )
    )
    if found is None:
        print(f"edge-app: no whole telegram on {given.port} within {given.timeout:g} s", file=sys.stderr)
        return 1
    if given.json:
        _print_json(found)
    else:
        models = " or ".join(meter.name for meter in found.candidates) or "a meter that no plugin knows"
        print(f"{models}, speaking {found.telegram.protocol} at {found.line}")
        output.print_reading(found.reading)
    return 0


def _print_json(found: Detected) -> None:
    line = found.line
    output.print_json(
        {
            "candidates": [meter.model for meter in found.candidates],
            "vendor": found.vendor,
            "protocol": found.telegram.protocol,
            "server_id": found.reading.server_id,
            "line": {
                "baudrate": line.baudrate,
                "bytesize": line.bytesize,
                "parity": line.parity,
                "stopbits": line.stopbits,
            },
        }
    )
