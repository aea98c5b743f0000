"""The entries of a drafted profile: what each register of a telegram is fed by, and how its number is written."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from edge_app.kit.sml_tree import OCTETS, SIGNED, UNSIGNED, Leaf, Message, Node
from edge_app.metering.derive import TARIFFS
from edge_app.metering.profile import Feed
from edge_app.metering.units import SML_UNITS
from edge_app.model.obis import POWER, Obis
from edge_app.model.reading import Quantity, Reading

Fields = Mapping[str, str | int | bool]
"""What stands in one inline table of a profile."""

_FEEDS = {
    Feed.ENERGY_IN: ("1.8.0", "1.8.1"),
    Feed.ENERGY_OUT: ("2.8.0", "2.8.1"),
    Feed.POWER: ("1.7.0", "16.7.0"),
    Feed.AMOUNT: ("15.7.0",),
    Feed.POWER_L1: ("21.7.0", "36.7.0"),
    Feed.POWER_L2: ("41.7.0", "56.7.0"),
    Feed.POWER_L3: ("61.7.0", "76.7.0"),
    Feed.VOLTAGE_L1: ("32.7.0",),
    Feed.VOLTAGE_L2: ("52.7.0",),
    Feed.VOLTAGE_L3: ("72.7.0",),
}
FED_BY = {Obis.parse(code): feed for feed, codes in _FEEDS.items() for code in codes}
"""Any other register stays at zero."""
ROOM = {"Wh": 5, "W": 4}
"""Octets that a number of a unit needs: a meter that writes each as short as it can has room for more tomorrow."""
_SENT_AS = {"kWh": "Wh", "kW": "W"}
_KEY = 32
"""Octets from which on a text is a key or the like, and says nothing."""
_STATUS, _TIME, _UNIT, _SCALER, _VALUE = 1, 2, 3, 4, 5
# places in an entry of a list


def drawn_entries(listing: Message, reading: Reading, serial: int) -> Iterator[Fields]:
    """The entries of a list, as a profile writes them; those without a value are left out."""
    for entry in listing.entries():
        name, value = entry.nodes[0], entry.nodes[_VALUE]
        if not isinstance(name, Leaf) or not isinstance(value, Leaf) or len(name.content) != 6 or not value.content:
            continue
        code, time = Obis(name.content.hex()), _there(entry.nodes[_TIME])
        if value.kind == OCTETS:
            yield {"code": code.dotted, **_text(value.content, reading, serial), **({"time": True} if time else {})}
        elif value.kind in (SIGNED, UNSIGNED):
            scaler = int.from_bytes(_content(entry.nodes[_SCALER]), "big", signed=True)
            unit = SML_UNITS.get(int.from_bytes(_content(entry.nodes[_UNIT]), "big"))
            yield {
                "code": code.dotted,
                "feed": str(FED_BY.get(code, Feed.NOTHING)),
                **({"unit": unit} if unit else {}),
                "scaler": scaler,
                "width": max(len(value.content), ROOM.get(unit or "", 1)),
                **({"signed": True} if value.kind == SIGNED else {}),
                **({"status": True} if _there(entry.nodes[_STATUS]) else {}),
                **({"time": True} if time else {}),
            }


def readings_in(reading: Reading) -> dict[str, str]:
    """What an example says of a reading: every register that is not zero, and those that were worked out."""
    return {
        code.dotted: _sent(quantity)
        for code, quantity in reading.registers.items()
        if (quantity.value or code in reading.sources) and quantity.unit
    }


def lockable(
    entries: tuple[Fields, ...], readings: Mapping[str, str], *, unlock: bool = False
) -> tuple[tuple[Fields, ...], dict[str, str]]:
    """What other meters send in the other state: locked, energy in whole kWh and no power; unlocked, both."""
    if unlock:
        power: Fields = {"code": POWER.dotted, "feed": "power", "unit": "W", "scaler": 0, "width": 4, "signed": True}
        return (*(_finer(entry) for entry in entries), power), {**readings, POWER.dotted: "641 W"}
    kept = tuple(_scaled(entry, 3) for entry in entries if not _of_power(entry))
    whole = {code: _kilo(said) for code, said in readings.items() if said.endswith(" Wh")}
    sent = {entry["code"] for entry in entries}
    for total, tariffs in TARIFFS.items():
        if total.dotted in whole and total.dotted not in sent:
            whole[total.dotted] = sum(whole.get(tariff.dotted, 0) for tariff in tariffs)
    return kept, {code: f"{kilo} kWh" for code, kilo in whole.items()}


def _kilo(said: str) -> int:
    return int(Decimal(said.removesuffix(" Wh"))) // 1000


def _of_power(entry: Fields) -> bool:
    return entry.get("unit") in {"W", "V", "A", "Hz", "°"}


def _finer(entry: Fields) -> Fields:
    """An entry with at least the tenth of a watt hour."""
    fine = _scaled(entry, -1)
    return fine if int(fine.get("scaler", 0)) < int(entry.get("scaler", 0)) else entry


def _scaled(entry: Fields, scaler: int) -> Fields:
    """An entry whose last digit counts so many tens of a watt hour, if it is one of energy."""
    kilo = {"Wh": 0, "kWh": 3}.get(str(entry.get("unit")))
    return entry if kilo is None else {**entry, "scaler": scaler - kilo}


def _text(octets: bytes, reading: Reading, serial: int) -> Fields:
    number, digits = serial.to_bytes(4, "big").hex(), f"{serial:08d}"
    if octets.hex() == reading.server_id:
        return {"octets": "{server_id}"}
    if octets.isascii() and octets.decode().isprintable() and b"{" not in octets and b"}" not in octets:
        text = octets.decode()
        return {"text": text.replace(digits, "{serial}") if serial else text}
    if len(octets) >= _KEY:
        return {"filler": len(octets)}
    return {"octets": octets.hex().replace(number, "{serial}") if serial else octets.hex()}


def _sent(quantity: Quantity) -> str:
    unit = quantity.unit or ""
    value = quantity.value.scaleb(3) if unit in _SENT_AS else quantity.value
    return f"{value:f} {_SENT_AS.get(unit, unit)}"


def _there(node: Node) -> bool:
    return not isinstance(node, Leaf) or bool(node.content)


def _content(node: Node) -> bytes:
    return node.content if isinstance(node, Leaf) else b""
