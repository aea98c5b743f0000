"""Writes mode D of IEC 62056-21: an identification line, one register a line, an exclamation mark."""

from collections.abc import Iterable
from decimal import Decimal

_EVEN = bytes(byte | (byte.bit_count() % 2) << 7 for byte in range(128)) + bytes(range(128, 256))


def number(integer: int, *, scaler: int, digits: int, unit: str) -> str:
    """A number as it stands in brackets: zeros up to so many digits before the point, the minus before the zeros."""
    places = -scaler
    text = f"{abs(Decimal(integer).scaleb(scaler)):0{digits + (places + 1 if places else 0)}.{places}f}"
    return f"{'-' if integer < 0 else ''}{text}*{unit}"


def telegram(identification: str, lines: Iterable[tuple[str, str]]) -> bytes:
    """A whole telegram in seven bits, from the slash to the end of its last line."""
    body = "".join(f"{code}({value})\r\n" for code, value in lines)
    return f"/{identification}\r\n\r\n{body}!\r\n".encode("ascii")


def with_even_parity(data: bytes) -> bytes:
    """What a line of 7E1 looks like to who reads it as 8N1: the parity stands in bit 7."""
    return data.translate(_EVEN)
