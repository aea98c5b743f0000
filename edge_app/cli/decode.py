"""`edge-app decode`: what the telegrams of a recording hold."""

from argparse import Namespace
from datetime import UTC, datetime

from edge_app.cli import output
from edge_app.errors import ConfigError, TelegramError
from edge_app.metering.ear import PROTOCOLS, Ear, read
from edge_app.model.telegram import Chunk, Damage, Telegram

_PIECE = 4096


def run(given: Namespace) -> int:
    try:
        data = given.file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{given.file}: cannot be read ({error.strerror})") from error
    ear = Ear() if given.protocol == "auto" else Ear([PROTOCOLS[given.protocol]])
    now = datetime.now(UTC)
    found_valid = False
    for begin in range(0, len(data), _PIECE):
        for found in ear.hear(Chunk(data=data[begin : begin + _PIECE], at=now)):
            found_valid |= _print(found, as_json=given.json)
    for cut_off in ear.close():
        _print(cut_off, as_json=given.json)
    return 0 if found_valid else 1


def _print(found: Telegram | Damage, *, as_json: bool) -> bool:
    """Print one telegram; True when it can be believed."""
    try:
        if isinstance(found, Telegram):
            reading = read(found)
            if as_json:
                output.print_json(output.valid(found.protocol, reading))
            else:
                output.print_reading(reading)
            return True
        kind = found.kind
    except TelegramError as error:
        kind = error.kind
    if as_json:
        output.print_json(output.invalid(found.protocol, kind))
    else:
        print(f"damaged telegram: {kind}")
    return False
