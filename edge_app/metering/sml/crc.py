"""The two checksums of SML, both CRC-16 with the polynomial 0x1021 reflected.

X.25 (DIN EN 62056-46): start 0xFFFF, inverted at the end, low byte first on the wire.
Kermit, found on some Holley meters: start 0, nothing inverted, high byte first.

A reflected CRC is the unreflected one of bit-reversed bytes, bit-reversed; the standard library has the latter in C.
"""

from binascii import crc_hqx

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


def fits(data: bytes | memoryview, checksum: bytes) -> bool:
    """Whether two bytes are the checksum of the data by either rule."""
    return checksum in (x25(data), kermit(data))
