"""What stands inside a mode D telegram (IEC 62056-21, data readout): an identification line, then one register a line.

    /EBZ5DD3BZ06ETA_107
    <empty>
    1-0:1.8.0*255(000125.25688570*kWh)
    !

There is no checksum, so every line has to have the right form, every code stands once, and units are known ones.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from edge_app.errors import TelegramError
from edge_app.metering.units import to_quantity
from edge_app.model.obis import Obis
from edge_app.model.reading import Layout, Quantity, Reading

IDENTIFICATION = re.compile(rb"/(?P<maker>[A-Z]{2}[A-Za-z])(?P<baud>[0-9A-I])(?P<type>[ -.0-~]{1,32})")
"""First line: three letters of the maker, a baud code, the type; a slash would begin another telegram."""

_LINE = re.compile(
    r"(?P<code>(?:\d{1,3}-\d{1,3}:)?\d{1,3}\.\d{1,3}(?:\.\d{1,3})?(?:\*\d{1,3})?)\((?P<value>[^()/!]{0,64})\)"
)
_VALUE = re.compile(r"(?P<number>-?\d{1,16}(?:\.\d{1,10})?)\*(?P<unit>\S{1,5})")
_UNITS = frozenset({"kWh", "Wh", "kW", "W", "kvarh", "varh", "kvar", "var", "kVA", "VA", "V", "A", "Hz", "deg", "s"})

_SERIAL_NUMBERS = tuple(
    Obis.parse(code) for code in ("1-0:96.1.0", "0-0:96.1.0", "0-0:96.1.255", "1-0:0.0.0", "0-0:0.0.0")
)
"""Where makers print the serial number, the surest first."""
STATUS = (Obis.parse("1-0:96.5.0"), Obis.parse("0-0:96.5.0"))
"""Where the status word stands, in hexadecimal."""


def read(data: bytes) -> Reading:
    """Take a whole telegram apart, from the slash to behind the exclamation mark, parity bits cleared or not.

    Raises TelegramError: `form` with the line that breaks a rule.
    """
    first, *lines = data.translate(_SEVEN_BITS).decode("ascii").split("\r\n")
    head = IDENTIFICATION.fullmatch(first.encode())
    if not head:
        raise TelegramError("form", "the first line does not identify a meter")
    body = lines[: lines.index("!")] if "!" in lines else lines
    if body and not body[0]:
        body = body[1:]
    registers: dict[Obis, Quantity] = {}
    texts: dict[Obis, bytes] = {}
    for number, line in enumerate(body, start=2):
        match = _LINE.fullmatch(line)
        if not match:
            raise TelegramError("form", f"line {number} is not of the form code(value)")
        code = _code(match["code"], number)
        if code in registers or code in texts:
            raise TelegramError("form", f"line {number} repeats a code")
        if "*" not in match["value"]:
            texts[code] = match["value"].encode()
            continue
        value = _VALUE.fullmatch(match["value"])
        if not value or value["unit"] not in _UNITS:
            raise TelegramError("form", f"line {number} holds no number with a known unit")
        registers[code] = to_quantity(Decimal(value["number"]), value["unit"])
    if not registers:
        raise TelegramError("form", "not one register holds a number")
    return Reading(
        server_id=next((texts[code].decode() for code in _SERIAL_NUMBERS if texts.get(code)), ""),
        registers=registers,
        texts=texts,
        maker=head["maker"].decode(),
        layout=Layout.MODE_D,
        identification=first[1:],
        status=_status(texts),
    )


def lines_of(data: bytes) -> Iterator[tuple[Obis, str]]:
    """The lines of a telegram that `read` accepts: each code with what stands in its brackets, in their order."""
    for line in data.translate(_SEVEN_BITS).decode("ascii").split("\r\n"):
        if match := _LINE.fullmatch(line):
            yield Obis.parse(match["code"]), match["value"]


_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))


def _code(text: str, number: int) -> Obis:
    try:
        return Obis.parse(text)
    except ValueError as error:
        raise TelegramError("form", f"line {number}: {error}") from None


def _status(texts: dict[Obis, bytes]) -> int | None:
    """The status word, which is written in hexadecimal."""
    word = next((texts[code] for code in STATUS if code in texts), b"")
    try:
        return int(word, 16)
    except ValueError:
        return None
