"""A line of the log: time, level, logger, message and fields; of an exception types and places, and not its text."""

import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

FIELDS = ("meter", "slot", "kind", "cause")
"""What a message may be about besides, given as `extra`: a meter's uuid, the beginning of a slot, an incident."""
DEEPEST = 5


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return msgspec.json.encode(as_object(record)).decode()


def as_object(record: logging.LogRecord) -> dict[str, str]:
    """What a line holds."""
    line = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
        **fields(record),
    }
    if record.exc_info and record.exc_info[1]:
        line["error"] = places(record.exc_info[1])
    return line


def fields(record: logging.LogRecord) -> dict[str, str]:
    """The fields that were given with a message."""
    return {name: str(value) for name in FIELDS if (value := getattr(record, name, None)) is not None}


def places(error: BaseException) -> str:
    """The types of an exception and of its causes, and where the innermost was raised; of a group, of each in it."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(places(each) for each in error.exceptions)
    chain = list(_chain(error))
    frames = traceback.extract_tb(next((each.__traceback__ for each in reversed(chain) if each.__traceback__), None))
    names = " from ".join(type(each).__name__ for each in chain)
    return names + "".join(f" < {frame.name}:{frame.lineno}" for frame in reversed(frames[-DEEPEST:]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
