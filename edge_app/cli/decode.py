"""`edge-app decode`: what the telegrams of a recording hold."""

from argparse import Namespace

from edge_app.cli import output
from edge_app.errors import TelegramError
from edge_app.metering.ear import PROTOCOLS, Ear, read
from edge_app.metering.probe import recording
from edge_app.model.telegram import Damage, Telegram


def run(given: Namespace) -> int:
    recorded = recording.load(given.file)
    ear = Ear() if given.protocol == "auto" else Ear([PROTOCOLS[given.protocol]])
    found_valid = False
    for chunk in recorded.chunks():
        for found in ear.hear(chunk):
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
