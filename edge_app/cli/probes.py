"""`edge-app probes`: the serial ports of this machine, by the names that stay."""

import sys
from argparse import Namespace
from pathlib import Path

import serialx

from edge_app.cli import output

BY_PATH = Path("/dev/serial/by-path")
"""Names by the socket that an adapter is plugged into; two adapters may share a serial number."""


def run(given: Namespace) -> int:
    stable = {link.resolve(): link for link in sorted(BY_PATH.iterdir())} if BY_PATH.is_dir() else {}
    ports = sorted(serialx.list_serial_ports(), key=lambda port: port.device)
    for port in ports:
        name = stable.get(Path(port.resolved_device), Path(port.device))
        if given.json:
            output.print_json(
                {
                    "port": str(name),
                    "device": port.resolved_device,
                    "product": port.product,
                    "manufacturer": port.manufacturer,
                    "serial_number": port.serial_number,
                }
            )
        else:
            print(f"{name}   {port.manufacturer or ''} {port.product or ''}".rstrip())
    if not ports:
        print("edge-app: this machine has no serial port", file=sys.stderr)
    return 0
