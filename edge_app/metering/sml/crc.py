"""The two checksums of SML, both CRC-16 with the polynomial 0x1021 reflected.

X.25 (DIN EN 62056-46): start 0xFFFF, inverted at the end, low byte first on the wire.
Kermit, found on some Holley meters: start 0, nothing inverted, high byte first.

A reflected CRC is the unreflected one of bit-reversed bytes, bit-reversed; the standard library has the latter in C.
"""

from binascii import crc_hqx
from collections.abc import Callable

Rule = Callable[[bytes | memoryview], bytes]
"""Makes the checksum of data, as its two bytes stand on the wire."""

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def x25(data: bytes | memoryview) -> bytes:
    """The checksum as its two bytes stand on the wire."""
    crc = crc_hqx(bytes(data).translate(_REVERSED), 0xFFFF)
    # Bit-reversing sixteen bits and sending the low byte first leaves each byte reversed where it stood.
    return bytes((_REVERSED[crc >> 8] ^ 0xFF, _REVERSED[crc & 0xFF] ^ 0xFF))


def kermit(data: bytes | memoryview) -> bytes:
    """The checksum as its two bytes stand on the wire."""
    crc = crc_hqx(bytes(data).translate(_REVERSED), 0)
    return bytes((_REVERSED[crc & 0xFF], _REVERSED[crc >> 8]))


def fitting(data: bytes | memoryview, checksum: bytes) -> Rule | None:
    """The rule by which two bytes are the checksum of the data; None where they are not."""
    return next((rule for rule in (x25, kermit) if rule(data) == checksum), None)
