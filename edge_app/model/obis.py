"""OBIS codes: the name of a register (IEC 62056-6-1), here always as twelve hexadecimal digits."""

import re
from dataclasses import dataclass
from typing import Self

_HEX = re.compile(r"[0-9a-f]{12}")
_DOTTED = re.compile(r"(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:\*(\d{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Obis:
    """One code, such as `0100010800ff` for 1-0:1.8.0*255."""

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError(f"not an OBIS code: {self.hex!r} (expected 12 hexadecimal digits)")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0100010800ff`, `1-0:1.8.0*255` or a short form of it, in which 1-0, tariff 0 and 255 are understood.

        Raises ValueError with the form that was expected.
        """
        if _HEX.fullmatch(text.lower()):
            return cls(text.lower())
        match = _DOTTED.fullmatch(text)
        if not match:
            raise ValueError(f"not an OBIS code: {text!r} (expected a form like 1-0:1.8.0*255)")
        groups = [
            int(given) if given is not None else usual
            for given, usual in zip(match.groups(), (1, 0, 0, 0, 0, 255), strict=True)
        ]
        if max(groups) > 255:
            raise ValueError(f"not an OBIS code: {text!r} (each number is at most 255)")
        return cls(bytes(groups).hex())

    @property
    def groups(self) -> tuple[int, int, int, int, int, int]:
        """The value groups A to F."""
        a, b, c, d, e, f = bytes.fromhex(self.hex)
        return a, b, c, d, e, f

    @property
    def dotted(self) -> str:
        """The code as meters and their manuals write it."""
        a, b, c, d, e, f = self.groups
        return f"{a}-{b}:{c}.{d}.{e}*{f}"

    def __str__(self) -> str:
        return self.hex


ENERGY_IN = Obis("0100010800ff")
"""1.8.0: energy drawn from the grid, kWh."""
ENERGY_OUT = Obis("0100020800ff")
"""2.8.0: energy fed into the grid, kWh."""
POWER_IN = Obis("0100010700ff")
"""1.7.0: power drawn, kW."""
POWER_OUT = Obis("0100020700ff")
"""2.7.0: power fed in, kW."""
POWER = Obis("0100100700ff")
"""16.7.0: power, signed; negative while feeding in, kW."""
POWER_AMOUNT = Obis("01000f0700ff")
"""15.7.0: power without its direction, kW."""

SURVEY = (ENERGY_IN, ENERGY_OUT, POWER_IN, POWER_OUT, POWER)
"""The registers that the survey asks for."""

POWER_CODES = frozenset({POWER_IN, POWER_OUT, POWER, POWER_AMOUNT, Obis("01000107ffff")})
"""Any of these in a telegram shows a meter that is unlocked (1.7.255 is what an early Q3D writes for 1.7.0)."""
