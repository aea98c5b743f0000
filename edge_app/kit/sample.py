"""Samples: the telegram that a meter would send in an example of its profile, and what is heard of bytes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from edge_app.errors import TelegramError
from edge_app.metering.ear import PROTOCOLS, Ear
from edge_app.metering.meter import Meter
from edge_app.metering.profile import Example, NumberEntry, State, Variant, profile
from edge_app.metering.protocol import WireProtocol
from edge_app.model.reading import Reading
from edge_app.model.telegram import Chunk, Telegram
from edge_app.simulator.composer import Moment, compose
from edge_app.simulator.mode_d_writer import with_even_parity

NOON = datetime(2026, 6, 21, 11, 0, tzinfo=UTC)


def telegram_of(example: Example) -> bytes:
    """The bytes that a meter sends in an example; mode D as characters with their parity. Raises PluginError."""
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


def blank(variant: Variant, state: State) -> bytes:
    """A telegram in which every number is zero."""
    moment = Moment(
        variant=variant, serial=variant.serial, counter=4711, seconds=31_536_000, status=variant.status.drawing
    )
    return compose(moment, state, {})


def telegrams(
    data: bytes, *, step: int | None = None, protocols: Sequence[WireProtocol] = tuple(PROTOCOLS.values())
) -> Iterator[Telegram]:
    """The telegrams in a stream that comes in chunks of one size, or at once."""
    ear = Ear(protocols)
    step = step or len(data) or 1
    for begin in range(0, len(data), step):
        for heard in ear.hear(Chunk(data=data[begin : begin + step], at=NOON)):
            if isinstance(heard, Telegram):
                yield heard


def believed(meter: Meter, data: bytes, *, step: int | None = None) -> list[Reading]:
    """What a meter model reads of a stream; telegrams that it refuses are passed over."""
    readings = []
    for telegram in telegrams(data, step=step, protocols=meter.protocols):
        try:
            readings.append(meter.read(telegram))
        except TelegramError:
            continue
    return readings


def read_examples(meter: type[Meter]) -> Iterator[tuple[Example, Reading]]:
    """The examples of a model, each with what it reads in it. Raises TelegramError where it refuses one."""
    for example in profile(meter).examples:
        heard = believed(meter(), telegram_of(example))
        if len(heard) != 1:
            raise TelegramError("content", f"its own telegram is refused: {example.note}")
        yield example, heard[0]
