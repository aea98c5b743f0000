"""Recordings made of virtual meters, cut into pieces as a line would, and what is heard in them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from edge_app.errors import TelegramError
from edge_app.metering.ear import Ear, read
from edge_app.metering.probe.recording import Piece, Recording
from edge_app.metering.profile import Variant
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram
from edge_app.simulator.mode_d_writer import with_even_parity
from edge_app.simulator.virtual_meter import VirtualMeter

SINCE = datetime(2026, 6, 21, 9, 0, tzinfo=UTC)


def spoken(variant: Variant, *, seed: int, count: int, full: bool = True, parity: bool = True) -> list[bytes]:
    """What a virtual meter sends, telegram by telegram."""
    meter = VirtualMeter(variant=variant, role="electricity", seed=seed, since=SINCE)
    meter.full = full
    sent = [meter.telegram(SINCE + timedelta(seconds=second)) for second in range(count)]
    return [with_even_parity(each) if parity and variant.protocol == "d0" else each for each in sent]


def recording(telegrams: Sequence[bytes], *, size: int = 64) -> Recording:
    """A recording in which a chunk came every 50 ms."""
    stream = b"".join(telegrams)
    parts = [stream[begin : begin + size] for begin in range(0, len(stream), size)]
    return Recording(pieces=tuple(Piece(seconds=0.05 * number, data=part) for number, part in enumerate(parts)))


def telegrams(recorded: Recording) -> list[Telegram]:
    ear = Ear()
    heard = [found for chunk in recorded.chunks() for found in ear.hear(chunk)]
    return [each for each in heard if isinstance(each, Telegram)]


def readings(heard: Iterable[Telegram]) -> list[Reading]:
    """What can be read of some telegrams."""
    found = []
    for telegram in heard:
        try:
            found.append(read(telegram))
        except TelegramError:
            continue
    return found
