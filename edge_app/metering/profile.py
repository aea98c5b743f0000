"""The profile of a meter model: what its telegrams look like, as data beside the plugin, to be checked without Python.

A profile has variants (the first is the usual one), each with its telegram's head and, for a locked and an unlocked
meter, the entries in the order in which they are sent; and examples, from which telegrams are made for tests.

Octets are written in hexadecimal and may hold `{serial}` (the meter's number in four octets), `{digits}` (the same as
eight characters), `{server_id}` and `{counter}` (four octets that count messages). Texts may hold `{serial}` (eight
digits), and in hexadecimal `{status}` and `{seconds}`, the meter's own clock.
"""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from edge_app.errors import PluginError
from edge_app.metering.table import Table
from edge_app.metering.units import SML_UNITS, to_quantity
from edge_app.model.obis import Obis
from edge_app.model.reading import Quantity

UNITS = frozenset({*SML_UNITS.values(), "kWh"})
OF_OTHERS = ("display", "unlock")
"""Tables of a profile that belong to the simulator's display and to the light that enters a PIN."""

_OCTETS = re.compile(r"(?:[0-9a-f]{2}|\{(?:serial|digits|server_id|counter)\})*")
_READING = re.compile(r"(-?\d+(?:\.\d+)?) (\S+)")


class Feed(StrEnum):
    """What a register of a meter is fed by."""

    ENERGY_IN = "energy_in"
    ENERGY_OUT = "energy_out"
    POWER = "power"
    AMOUNT = "amount"
    """Power without its direction."""
    POWER_L1 = "power_l1"
    POWER_L2 = "power_l2"
    POWER_L3 = "power_l3"
    VOLTAGE_L1 = "voltage_l1"
    VOLTAGE_L2 = "voltage_l2"
    VOLTAGE_L3 = "voltage_l3"
    STATUS = "status"
    NOTHING = "nothing"
    """A register that stays at zero, such as that of a tariff not in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEntry:
    """A register that holds a number."""

    code: Obis
    feed: Feed
    unit: str | None
    """As the meter sends it, such as `Wh`."""
    scaler: int | None
    """Power of ten of the last digit."""
    width: int
    """SML: octets of the integer. Mode D: digits before the point."""
    signed: bool
    status: bool
    """Whether the status word stands with it."""
    time: bool
    """Whether the meter's clock stands with it."""

    def to_integer(self, quantity: Quantity) -> int:
        """The integer that stands for a quantity. Raises PluginError when it has more digits than the register."""
        one = to_quantity(Decimal(1).scaleb(self.scaler or 0), self.unit)
        count = quantity.value / one.value
        if quantity.unit != one.unit or count != int(count):
            raise PluginError(f"{quantity.value} {quantity.unit} does not fit into {self.code}")
        return int(count)

    def to_quantity(self, integer: int) -> Quantity:
        """The quantity that an integer stands for."""
        return to_quantity(Decimal(integer).scaleb(self.scaler or 0), self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEntry:
    """A register that holds no number: exactly one of `text`, `octets` (hexadecimal) and `filler` (a count) is set."""

    code: Obis
    text: str = ""
    octets: str = ""
    filler: int = 0
    """So many octets of no meaning, such as in place of a public key."""
    time: bool = False


Entry = NumberEntry | TextEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status word as it is with nothing flowing, while drawing and while feeding in."""

    width: int
    idle: int
    drawing: int
    feeding: int

    def word(self, power: int) -> int:
        """The word at a power, of which the sign matters."""
        return self.idle if not power else self.feeding if power < 0 else self.drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class SmlHead:
    """What stands around the list of an SML telegram; texts are octets in hexadecimal, empty where nothing is sent."""

    server_id: str
    transaction: str
    file_id: str
    client_id: str
    list_name: str
    kind_width: int
    """Octets of the number that tells what a message is; makers send two or four."""
    dated_opening: bool
    """Whether the opening message carries the clock and a version."""
    kermit: bool
    """Whether checksums are those of Kermit, not of X.25."""
    short_checksum: bool
    """Whether a leading zero of a message's checksum is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeDHead:
    """The identification line of a mode D telegram, after its slash."""

    identification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a meter sends while locked, or unlocked."""

    entries: tuple[Entry, ...]
    length: int
    """Bytes of a whole telegram in which no number is negative and nothing is escaped."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way in which meters of a model are built."""

    name: str
    every: float
    """Seconds from telegram to telegram."""
    serial: int
    """The number on the name plate; made up."""
    head: SmlHead | ModeDHead
    status: Status
    unlocked: State
    locked: State | None
    """Nothing where no locked meter is known."""
    source: str

    @property
    def protocol(self) -> Literal["sml", "d0"]:
        return "sml" if isinstance(self.head, SmlHead) else "d0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What is to be read from a telegram with certain numbers in it."""

    note: str
    variant: Variant
    state: State
    feeding: bool
    readings: Mapping[Obis, Quantity]
    """Registers that are sent and, beside them, such as are worked out; every other one is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that is written beside a plugin."""

    file: Path
    variants: Mapping[str, Variant]
    examples: tuple[Example, ...]
    tables: Mapping[str, Mapping[str, object]] = field(repr=False)
    """What others keep in the same file, such as `display`: not looked at here."""

    def variant(self, name: str | None = None) -> Variant:
        """One by its name, or the first. Raises PluginError with those that there are."""
        if name is None:
            return next(iter(self.variants.values()))
        if name not in self.variants:
            raise PluginError(f"{self.file.name}: no variant is called {name!r} (there are {', '.join(self.variants)})")
        return self.variants[name]

    def table(self, name: str) -> Table | None:
        """A table that others keep in the same file, to be taken apart by them."""
        content = self.tables.get(name)
        return None if content is None else Table(content, where=f"{self.file.name}: {name}")


def profile(meter: type[object]) -> Profile:
    """What stands beside a plugin, loaded once. Raises PluginError with file, key and what was expected."""
    return _beside(Path(inspect.getfile(meter)))


@cache
def _beside(plugin: Path) -> Profile:
    return load(plugin.with_suffix(".toml"))


def load(file: Path) -> Profile:
    """Load a profile. Raises PluginError with file, key and what was expected."""
    document = Table.load(file)
    table = document.table("variant")
    variants = {name: _variant(name, table.table(name)) for name in table}
    if not variants:
        raise PluginError(f"{file.name}: variant is empty (expected at least one)")
    examples = tuple(_example(each, variants) for each in document.tables("telegram"))
    tables = {name: document.table(name).content for name in OF_OTHERS if name in document}
    document.close()
    return Profile(file=file, variants=variants, examples=examples, tables=tables)


def _variant(name: str, table: Table) -> Variant:
    protocol = table.one_of("protocol", ("sml", "d0"))
    status = table.table("status")
    taken = Variant(
        name=name,
        every=table.number("every", least=0.1),
        serial=table.whole("serial", most=99_999_999),
        head=_sml_head(table) if protocol == "sml" else ModeDHead(identification=table.text("identification")),
        status=Status(**{each: status.whole(each) for each in ("width", "idle", "drawing", "feeding")}),
        unlocked=_state(table.table("unlocked"), protocol),
        locked=_state(table.table("locked"), protocol) if "locked" in table else None,
        source=table.text("source"),
    )
    status.close()
    table.close()
    return taken


def _sml_head(table: Table) -> SmlHead:
    return SmlHead(
        server_id=_octets(table, "server_id"),
        transaction=_octets(table, "transaction"),
        file_id=_octets(table, "file_id"),
        client_id=_octets(table, "client_id", ""),
        list_name=_octets(table, "list_name", ""),
        kind_width=table.whole("kind_width", 2, least=2, most=4),
        dated_opening=table.flag("dated_opening"),
        kermit=table.flag("kermit"),
        short_checksum=table.flag("short_checksum"),
    )


def _octets(table: Table, key: str, default: str | None = None) -> str:
    taken = table.text(key, default)
    if not _OCTETS.fullmatch(taken):
        raise table.error(key, "octets in hexadecimal, {serial}, {digits}, {server_id} or {counter}", taken)
    return taken


def _state(table: Table, protocol: str) -> State:
    taken = State(
        entries=tuple(_entry(each, protocol) for each in table.tables("entries")),
        length=table.whole("length", least=1),
        source=table.text("source"),
    )
    table.close()
    return taken


def _entry(table: Table, protocol: str) -> Entry:
    code = _code(table, table.text("code"))
    taken: Entry
    if "feed" in table:
        taken = NumberEntry(
            code=code,
            feed=Feed(table.one_of("feed", tuple(Feed))),
            unit=table.one_of("unit", UNITS) if "unit" in table else None,
            scaler=table.whole("scaler", least=-10, most=10) if "scaler" in table else None,
            width=table.whole("width", least=1, most=8 if protocol == "sml" else 16),
            signed=table.flag("signed"),
            status=table.flag("status"),
            time=table.flag("time"),
        )
    else:
        taken = TextEntry(
            code=code,
            text=table.text("text", ""),
            octets=_octets(table, "octets", ""),
            filler=table.whole("filler", 0, most=255),
            time=table.flag("time"),
        )
        if sum(map(bool, (taken.text, taken.octets, taken.filler))) != 1:
            raise table.error("entry", "exactly one of feed, text, octets and filler", code.hex)
    table.close()
    return taken


def _example(table: Table, variants: Mapping[str, Variant]) -> Example:
    variant = variants[table.one_of("variant", variants, next(iter(variants)))]
    state = variant.locked if table.flag("locked") else variant.unlocked
    if state is None:
        raise table.error("locked", "a variant of which a locked meter is known", variant.name)
    taken = Example(
        note=table.text("note"),
        variant=variant,
        state=state,
        feeding=table.flag("feeding"),
        readings=readings_of(table.table("readings")),
    )
    table.close()
    return taken


def readings_of(table: Table) -> dict[Obis, Quantity]:
    """Registers with their values, such as `"1-0:1.8.0" = "253917.7 Wh"`. Raises PluginError."""
    return {_code(table, key): _quantity(table, key) for key in table}


def _code(table: Table, text: str) -> Obis:
    try:
        return Obis.parse(text)
    except ValueError:
        raise table.error("code", "an OBIS code such as 1-0:1.8.0*255", text) from None


def _quantity(table: Table, key: str) -> Quantity:
    text = table.text(key)
    match = _READING.fullmatch(text)
    if not match or match[2] not in UNITS:
        raise table.error(key, "a number and its unit, such as 253917.7 Wh", text)
    return to_quantity(Decimal(match[1]), match[2])
