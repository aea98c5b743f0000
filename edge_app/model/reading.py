"""What one telegram says: the meter's server id and its registers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from edge_app.model.obis import POWER_CODES, SURVEY, Obis


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number with its unit: energy in kWh and power in kW, anything else as the meter sends it."""

    value: Decimal
    unit: str | None

    def __post_init__(self) -> None:
        if not self.value.is_finite():
            raise ValueError(f"a register holds a finite number, not {self.value}")


class Layout(Enum):
    """How a telegram is arranged, which tells where the maker stands and what the status word means."""

    EDL = "EDL"
    """SML with the maker at 129-129:199.130.3."""
    SML_104 = "SML 1.04"
    """SML with the maker at 1-0:96.50.1*1."""
    MODE_D = "mode D"
    """ASCII of IEC 62056-21, the maker in the identification line."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The registers of one telegram, and what is needed to tell who sent it."""

    server_id: str
    """Hexadecimal in SML, the printed serial number in mode D; empty where the telegram has none."""
    registers: Mapping[Obis, Quantity]
    texts: Mapping[Obis, bytes] = field(default_factory=dict)
    """Registers that hold no number."""
    maker: str = ""
    """The maker's letters, such as `ISK`."""
    layout: Layout = Layout.UNKNOWN
    identification: str = ""
    """The file id of an SML open response in hexadecimal, or the identification line of mode D after its slash."""
    status: int | None = None
    """The status word."""
    sources: Mapping[Obis, tuple[Obis, ...]] = field(default_factory=dict)
    """The registers that were worked out, each with those that it was worked out of."""

    @property
    def unlocked(self) -> bool:
        """Whether the meter shows its power, which a locked one keeps to itself."""
        return not POWER_CODES.isdisjoint(self.registers)

    def surveyed(self) -> dict[Obis, Quantity]:
        """The registers of the survey; behind one that was worked out stand those that it came from."""
        wanted: list[Obis] = []
        for code in SURVEY:
            if code in self.registers:
                wanted += [code, *self.sources.get(code, ())]
        return {code: self.registers[code] for code in wanted}
