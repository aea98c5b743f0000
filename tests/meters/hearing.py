"""How the tests of the meters hear: bytes in, what can be believed out; and how they make a meter speak."""

from collections.abc import Iterator
from datetime import UTC, datetime

from edge_app.errors import TelegramError
from edge_app.metering import Meter, Telegram
from edge_app.metering.catalogue import load
from edge_app.metering.ear import Ear, read
from edge_app.metering.profile import Example, NumberEntry, profile
from edge_app.model.reading import Reading
from edge_app.model.telegram import Chunk
from edge_app.simulator.composer import Moment, compose
from edge_app.simulator.mode_d_writer import with_even_parity

NOON = datetime(2026, 6, 21, 11, 0, tzinfo=UTC)
MODELS: dict[str, type[Meter]] = load().models
EXAMPLES = [(meter, example) for meter in MODELS.values() for example in profile(meter).examples]
"""Every example of every profile, with the model that it is of."""


def telegram_of(example: Example) -> bytes:
    """The bytes that a meter sends in an example; mode D as characters with their parity."""
    status = example.variant.status
    moment = Moment(
        variant=example.variant,
        serial=example.variant.serial,
        counter=4711,
        seconds=31_536_000,
        status=status.feeding if example.feeding else status.drawing,
    )
    numbers = {
        entry.code: entry.to_integer(example.readings[entry.code])
        for entry in example.state.entries
        if isinstance(entry, NumberEntry) and entry.code in example.readings
    }
    sent = compose(moment, example.state, numbers)
    return with_even_parity(sent) if example.variant.protocol == "d0" else sent


def telegrams(data: bytes, *, step: int | None = None) -> Iterator[Telegram]:
    """The telegrams in a stream that comes in chunks of one size, or at once."""
    ear = Ear()
    step = step or len(data) or 1
    for begin in range(0, len(data), step):
        for heard in ear.hear(Chunk(data=data[begin : begin + step], at=NOON)):
            if isinstance(heard, Telegram):
                yield heard


def believed(data: bytes, *, step: int | None = None) -> list[tuple[Telegram, Reading]]:
    """The telegrams in a stream that could be read, with what they say."""
    readings = []
    for telegram in telegrams(data, step=step):
        try:
            readings.append((telegram, read(telegram)))
        except TelegramError:
            continue
    return readings
