"""`edge-app probes`: the serial ports of this machine, by the names that stay."""

import sys
from argparse import Namespace

from edge_app.cli import output
from edge_app.metering.probe.ports import serial_ports


def run(given: Namespace) -> int:
    ports = serial_ports()
    for port in ports:
        if given.json:
            output.print_json(
                {
                    "port": port.name,
                    "device": port.device,
                    "product": port.product,
                    "manufacturer": port.manufacturer,
                    "serial_number": port.serial_number,
                }
            )
        else:
            print(f"{port.name}   {port.adapter}".rstrip())
    if not ports:
        print("edge-app: this machine has no serial port", file=sys.stderr)
    return 0
