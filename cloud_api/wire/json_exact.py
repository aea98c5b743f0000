"""JSON in which numbers keep their digits: read without passing through binary floating point, written as numbers."""

from collections.abc import Hashable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

import msgspec

from cloud_api.wire.fields import Value, exact

T = TypeVar("T")


def decode(body: bytes, kind: type[T]) -> T:
    """Raises msgspec.ValidationError for a field that is not as expected, other msgspec.DecodeErrors for no JSON."""
    value: T = _decoder(kind).decode(body)  # type: ignore[arg-type]  # mypy doubts that types can be hashed
    return value


def check(body: bytes) -> None:
    """Raises a msgspec.DecodeError or UnicodeDecodeError for what is no JSON, whatever it is about.

    What is nested too deep to look at its end is taken for JSON.
    """
    with suppress(msgspec.ValidationError, RecursionError):  # a number beyond what a double holds is one all the same
        _ANY.decode(body)


def encode(value: Any) -> bytes:
    return _ENCODER.encode(value)


def pretty(value: Any) -> str:
    """JSON for people: indented, ending in a line break."""
    return msgspec.json.format(encode(value)).decode() + "\n"


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=True, dec_hook=_from_json, float_hook=exact)


def _from_json(_kind: type, number: Any) -> Value:
    return Value.of(number)


def _to_json(value: Value) -> Decimal:
    return Decimal(value)


_ANY = msgspec.json.Decoder(float_hook=exact)
_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=_to_json)
