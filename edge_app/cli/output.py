"""What commands print: one JSON object a line, or lines for people."""

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from edge_app.model.reading import Reading

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def print_json(thing: Mapping[str, Any]) -> None:
    """Print one object as a line; decimals come out digit for digit."""
    sys.stdout.write(_ENCODER.encode(thing).decode() + "\n")
    sys.stdout.flush()


def valid(protocol: str, reading: Reading) -> dict[str, Any]:
    """A reading as it is printed."""
    return {
        "valid": True,
        "protocol": protocol,
        "server_id": reading.server_id,
        "registers": {
            str(code): {"value": quantity.value, "unit": quantity.unit} for code, quantity in reading.registers.items()
        },
    }


def invalid(protocol: str, kind: str) -> dict[str, Any]:
    """Damage as it is printed; `kind` is one word."""
    return {"valid": False, "protocol": protocol, "error": kind}


def print_reading(reading: Reading) -> None:
    """Print a reading for people: one register a line."""
    print(f"meter {reading.server_id or 'without a number'}")
    for code, quantity in reading.registers.items():
        sources = reading.sources.get(code)
        note = f"   worked out of {', '.join(source.dotted for source in sources)}" if sources else ""
        print(f"  {code.dotted:<20} {quantity.value:>20f} {quantity.unit or '':<4}{note}")
