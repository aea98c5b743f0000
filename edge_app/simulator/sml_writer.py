"""Writes SML as meters do: values, messages and the frame around them (BSI TR-03109-1, transport version 1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Union

from edge_app.metering.sml import crc

ESCAPE = b"\x1b" * 4
START = ESCAPE + b"\x01" * 4
ABSENT = b"\x01"

OPEN_RESPONSE = 0x0101
LIST_RESPONSE = 0x0701
CLOSE_RESPONSE = 0x0201

_OCTETS, _SIGNED, _UNSIGNED, _LIST = 0x00, 0x50, 0x60, 0x70


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number in so many octets."""

    value: int
    width: int = 1
    signed: bool = False


Value = Union[bytes, Integer, None, Sequence["Value"]]  # noqa: UP007  # the operator cannot refer to itself by name
"""Octets, an integer, nothing, or a list of these."""


def encode(value: Value) -> bytes:
    """One value with its length before it. Raises OverflowError for an integer that needs more octets than it has."""
    match value:
        case None:
            return ABSENT
        case Integer(number, width, signed):
            kind = _SIGNED if signed else _UNSIGNED
            return bytes([kind | width + 1]) + number.to_bytes(width, "big", signed=signed)
        case bytes():
            return _octets_length(len(value)) + value
        case _:
            return _nibbles(_LIST, len(value)) + b"".join(encode(each) for each in value)


def message(
    transaction: bytes, kind: Integer, body: Value, *, checksum: Callable[[bytes], bytes], short: bool
) -> bytes:
    """One message with its checksum, whose leading zero `short` leaves out."""
    parts: Sequence[Value] = (transaction, Integer(0), Integer(0), (kind, body))
    begin = b"\x76" + b"".join(encode(part) for part in parts)
    sent = checksum(begin)
    if short and sent[0] == 0:
        sent = sent[1:]
    return begin + encode(Integer(int.from_bytes(sent, "big"), len(sent))) + b"\x00"


def frame(messages: bytes, *, checksum: Callable[[bytes], bytes] = crc.x25) -> bytes:
    """The transport around messages: start, the messages escaped and filled up to a multiple of four, end."""
    fill = -len(messages) % 4
    # Only what precedes the end is escaped: four 1b of the messages come doubled, counted from their first on.
    begin = START + messages.replace(ESCAPE, ESCAPE * 2) + bytes(fill) + ESCAPE + bytes([0x1A, fill])
    return begin + checksum(begin)


def _octets_length(octets: int) -> bytes:
    """The length of a text counts its own bytes."""
    head = _nibbles(_OCTETS, octets + 1)
    return head if len(head) == 1 else _nibbles(_OCTETS, octets + 2)


def _nibbles(kind: int, length: int) -> bytes:
    """Type and length in one byte, or in two when the length needs more than four bits."""
    if length < 16:
        return bytes([kind | length])
    return bytes([0x80 | kind | length >> 4, length & 0x0F])
