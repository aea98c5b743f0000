"""Cuts a stream of bytes into mode D telegrams, from a slash to the exclamation mark that stands alone on a line.

The line is 7E1; read as 8N1 it gives the same characters with the parity in bit 7, which is checked here. Where bit 7
is clear throughout, the port has checked the parity and taken it off.
"""

from decimal import Decimal

from edge_app.errors import TelegramError
from edge_app.metering.mode_d.content import IDENTIFICATION, read
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from edge_app.model.telegram import Chunk, Damage, Telegram

NAME = "d0"
LONGEST = 4 * 1024
"""Bytes after which a telegram without an end is given up; the longest one known has 658."""

_SEVEN_BITS = bytes(byte & 0x7F for byte in range(256))
_ODD = bytes(byte for byte in range(256) if byte.bit_count() % 2)
_SHORTEST_HEAD = len("/ESY5Q")


class Cutter:
    """Finds the telegrams in one stream, cuts at every slash, and believes none that breaks a rule of plausibility."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._began = 0.0
        self._energy: dict[tuple[str, Obis], Decimal] = {}

    def feed(self, chunk: Chunk) -> list[Telegram | Damage]:
        """Take the next bytes; give the telegrams that they completed and the damage that they revealed."""
        found: list[Telegram | Damage] = []
        pieces = _at_each_slash(chunk.data)
        for index, piece in enumerate(pieces):
            if index:
                found += self._cut_off()
                self._began = chunk.monotonic
            self._held += piece
            found += self._whole(chunk)
        return found

    def close(self) -> list[Damage]:
        """Tell of a telegram that the end of the stream cut off."""
        return self._cut_off()

    def _cut_off(self) -> list[Damage]:
        began = self._is_telegram()
        self._held.clear()
        return [self._damage("truncated")] if began else []

    def _is_telegram(self) -> bool:
        """Whether what is held begins as a telegram does; a slash may stand in noise, and in another protocol."""
        text = bytes(self._held).translate(_SEVEN_BITS)
        return len(text) >= _SHORTEST_HEAD and IDENTIFICATION.match(text) is not None

    def _whole(self, chunk: Chunk) -> list[Telegram | Damage]:
        text = bytes(self._held).translate(_SEVEN_BITS)
        if not text.startswith(b"/"):
            self._held.clear()
            return []
        end = text.find(b"\r\n!")
        if end < 0:
            if len(text) > LONGEST:
                self._held.clear()
                return [self._damage("length")]
            return []
        data = bytes(self._held[: end + 3])
        began = self._is_telegram()
        self._held.clear()
        if not began:
            return []
        try:
            self._check(data)
        except TelegramError as error:
            return [self._damage(error.kind)]
        return [Telegram(protocol=NAME, data=data, at=chunk.at, began=self._began, ended=chunk.monotonic)]

    def _damage(self, kind: str) -> Damage:
        return Damage(protocol=NAME, kind=kind, began=self._began)

    def _check(self, data: bytes) -> None:
        """Hold a telegram against the rules that stand in for a checksum. Raises TelegramError."""
        if max(data) >= 0x80 and data.translate(None, _ODD) != data:
            raise TelegramError("parity")
        self._never_falling(read(data))

    def _never_falling(self, reading: Reading) -> None:
        """Refuse energy below what the same meter showed before, once: the second time it is the meter that changed."""
        shown = {
            (reading.server_id, code): quantity.value
            for code, quantity in reading.registers.items()
            if quantity.unit == "kWh"
        }
        fallen = any(value < self._energy.get(key, value) for key, value in shown.items())
        if fallen:
            for key in shown:
                self._energy.pop(key, None)
            raise TelegramError("implausible", "energy has fallen")
        self._energy.update(shown)


def _at_each_slash(data: bytes) -> list[bytes]:
    """Split before each slash, whatever its parity bit; what precedes the first one comes first, maybe empty."""
    places = [place for place, byte in enumerate(data) if byte & 0x7F == 0x2F]
    return [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)]
