"""A disguise: made-up numbers for the numbers of meters, the same one each time, of the same form and length.

The form tells maker and kind, which a plugin needs; the number tells the household. A number that a meter shows in
several forms, as octets and as it is printed, stays one number in all of them.
"""

import random
import re
from collections.abc import Callable, Container

_DIN = re.compile(rb"(?P<maker>..[A-Z]{3}.)(?P<number>[\x00-\x05].{3})", re.DOTALL)
"""Ten octets of DIN 43863-5: length and kind, the maker's letters, a block, a number of eight digits."""
_LETTERS = re.compile(rb".{1,2}[A-Z]{3}.", re.DOTALL)
"""A shorter, older form: the maker's letters and a block before the number."""
_HEX = re.compile(rb"(?=[0-9A-Fa-f]*[A-Fa-f])(?:[0-9A-Fa-f]{2}){8,}")
_DIGITS = 8
"""Digits of a number; what is printed before them are maker and block."""
_KEPT = 3
"""Octets that stay in a form that is not known."""
_LEAST = 6
"""Octets of a name that is looked for wherever else it may stand; a shorter one stands there by chance."""
_SPARE = bytes(byte for byte in range(256) if byte != 0x1B)
"""What is made up; four 1b in a row would be sent doubled."""


class Disguise:
    """Remembers for whom it made up what, so that a meter is one meter in all of a recording."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._names: dict[bytes, bytes] = {}
        self._numbers: dict[bytes, bytes] = {}

    def name(self, true: bytes) -> bytes:
        """What stands for a meter's id or number, in whichever form it is sent."""
        if true and true not in self._names:
            self._names[true] = self._made_up(true)
        return self._names.get(true, true)

    def key(self, true: bytes) -> bytes:
        """What stands for octets without a form, such as a public key or a signature."""
        if true and true not in self._names:
            self._names[true] = self._different(true, lambda: self._random(len(true)), taken=self._names.values())
        return self._names.get(true, true)

    def within(self, octets: bytes) -> bytes:
        """The octets, in which every name and number that is known by now is disguised."""
        for true, made_up in self._sought():
            octets = octets.replace(true, made_up)
        return octets

    def betrays(self, octets: bytes) -> bool:
        """Whether a true name or number still stands in there."""
        return any(true in octets for true, _ in self._sought())

    def _sought(self) -> list[tuple[bytes, bytes]]:
        """Names and, in both their forms, numbers; the longest first, and none that is mostly zeros."""
        pairs = [*self._names.items(), *self._numbers.items()]
        pairs += [(_binary(true), _binary(made_up)) for true, made_up in self._numbers.items()]
        distinct = [(true, made_up) for true, made_up in pairs if len(true) >= _LEAST or len(true.strip(b"\x00")) > 3]
        return sorted((pair for pair in distinct if len(set(pair[0])) > 2), key=lambda pair: -len(pair[0]))

    def _made_up(self, true: bytes) -> bytes:
        if (match := _DIN.fullmatch(true)) and int.from_bytes(match["number"], "big") < 10**_DIGITS:
            number = int.from_bytes(match["number"], "big")
            return match["maker"] + _binary(self._number(f"{number:08d}".encode()))
        if _HEX.fullmatch(true):
            made_up = self.name(bytes.fromhex(true.decode())).hex().encode()
            return made_up if true.islower() else made_up.upper()
        if true.isascii() and true.decode().isprintable():
            return self._printed(true)
        letters = _LETTERS.match(true)
        kept = letters.end() if letters else _KEPT
        kept = kept if len(true) > kept + 1 else 0
        return self._different(true, lambda: true[:kept] + self._random(len(true) - kept), taken=self._names.values())

    def _printed(self, true: bytes) -> bytes:
        """Other digits for the last digits of a text, other letters where it has no digit."""
        places = [place for place, byte in enumerate(true) if 0x30 <= byte <= 0x39][-_DIGITS:]
        digits = bytes(true[place] for place in places)
        if len(digits) == _DIGITS:
            others = self._number(digits)
        elif digits:
            others = self._different(digits, lambda: self._some(b"0123456789", len(digits)))
        else:
            return self._different(true, lambda: self._some(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", len(true)))
        made_up = bytearray(true)
        for place, digit in zip(places, others, strict=True):
            made_up[place] = digit
        return bytes(made_up)

    def _number(self, true: bytes) -> bytes:
        """What stands for a number of eight digits."""
        if true not in self._numbers:
            self._numbers[true] = self._different(true, self._eight_digits, taken=self._numbers.values())
        return self._numbers[true]

    def _eight_digits(self) -> bytes:
        while True:
            digits = f"{self._chance.randrange(10_000_000, 100_000_000):08d}".encode()
            if all(byte in _SPARE for byte in _binary(digits)):
                return digits

    def _random(self, count: int) -> bytes:
        return self._some(_SPARE, count)

    def _some(self, choices: bytes, count: int) -> bytes:
        return bytes(self._chance.choices(choices, k=count))

    def _different(self, true: bytes, make: Callable[[], bytes], *, taken: Container[bytes] = ()) -> bytes:
        """Make until it is another one than before, and nobody else's."""
        while (made_up := make()) == true or (len(true) >= _LEAST and made_up in taken):
            pass
        return made_up


def _binary(digits: bytes) -> bytes:
    return int(digits).to_bytes(4, "big")
