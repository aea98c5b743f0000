"""A draft of a profile, for its author to go on from: made up, or drawn from a recording.

What nobody knows yet is a guess and says so: what the meter sends in the other state, and what its status word means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from edge_app.errors import ConfigError
from edge_app.kit import sml_tree
from edge_app.kit.draft_entries import Fields, drawn_entries, lockable, readings_in
from edge_app.kit.sml_tree import Branch, Leaf, Node, Tree
from edge_app.kit.word_checks import GUESS
from edge_app.metering import sml
from edge_app.metering.derive import EXPORTING, complete
from edge_app.metering.ear import Ear, read
from edge_app.metering.probe.recording import Recording
from edge_app.metering.sml import crc
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN
from edge_app.model.reading import Layout, Reading
from edge_app.model.telegram import Telegram

SERIAL = 73180264
"""Of a meter that nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftState:
    """What a meter sends while locked, or unlocked, with an example."""

    entries: tuple[Fields, ...]
    readings: Mapping[str, str]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that the template of a profile is filled with."""

    maker: str
    layout: Layout
    source: str
    every: float
    serial: int
    head: Fields
    status: Fields
    feeding: bool
    unlocked: DraftState
    locked: DraftState
    energies: tuple[str, ...] = ("ENERGY_IN", "ENERGY_OUT")
    """The counters of the survey that it shows, by the names that they have in `edge_app.metering`."""
    power: str = "POWER"
    """The register that it shows once unlocked, likewise."""
    worked_out: tuple[str, ...] = ()
    """What is to be said of registers that are no entries."""
    heard: Mapping[str, str] | None = None
    """What the first telegram of the recording says."""


def made_up() -> Draft:
    """A two-way meter in the layout of SML 1.04, as makers build them today."""
    number: Fields = {"unit": "Wh", "scaler": -1, "width": 8}
    entries: tuple[Fields, ...] = (
        {"code": "1-0:96.50.1*1", "text": "NEW"},
        {"code": "1-0:96.1.0*255", "octets": "{server_id}"},
        {"code": "1-0:1.8.0*255", "feed": "energy_in", **number, "status": True},
        {"code": "1-0:2.8.0*255", "feed": "energy_out", **number},
        {"code": "1-0:16.7.0*255", "feed": "power", "unit": "W", "scaler": 0, "width": 4, "signed": True},
    )
    readings = {"1-0:1.8.0*255": "4719308.6 Wh", "1-0:2.8.0*255": "902177.3 Wh", "1-0:16.7.0*255": "641 W"}
    source = f"{GUESS}: made up; record a meter and let its telegrams tell"
    other = lockable(entries, readings)
    return Draft(
        maker="NEW",
        layout=Layout.SML_104,
        source=source,
        every=1.0,
        serial=SERIAL,
        head={
            "server_id": "0a014e455700{serial}",
            "transaction": "{counter}",
            "file_id": "{counter}",
            "list_name": "0100620affff",
        },
        status={"width": 3, "idle": 0x1C0004, "drawing": 0x1C0104, "feeding": 0x1C7904},
        feeding=False,
        unlocked=DraftState(entries=entries, readings=readings, source=source),
        locked=DraftState(entries=other[0], readings=other[1], source=source),
    )


def drawn(recording: Recording) -> Draft:
    """What the telegrams of a scrubbed recording tell. Raises ConfigError where none of them is SML."""
    heard = _whole(recording)
    if not heard:
        raise ConfigError("--capture: no whole SML telegram to draw a profile from (mode D: write it by hand)")
    tree, reading = sml_tree.parse(heard[0].data), complete(read(heard[0]))
    opening, listing = tree.messages[0], tree.messages[1]
    server_id, serial = _server_id(reading)
    entries = tuple(drawn_entries(listing, reading, serial))
    readings = readings_in(reading)
    source = f"drawn from a recording, whose first telegram has {len(heard[0].data)} bytes"
    here = DraftState(entries=entries, readings=readings, source=source)
    other_entries, other_readings = lockable(entries, readings, unlock=not reading.unlocked)
    other = DraftState(
        entries=other_entries, readings=other_readings, source=f"{GUESS}: by what other meters do in this state"
    )
    power = reading.registers.get(POWER)
    names = {ENERGY_IN: "ENERGY_IN", ENERGY_OUT: "ENERGY_OUT"}
    return Draft(
        maker=reading.maker,
        layout=reading.layout,
        source=source if recording.timed else f"{source}; one telegram a second is a {GUESS}",
        every=_every(heard),
        serial=serial or SERIAL,
        head={
            "server_id": server_id,
            **_said("client_id", opening.body[1]),
            "transaction": _counting(opening.transaction),
            "file_id": _counting(opening.body[2]),
            **_said("list_name", listing.body[2]),
            **({"kind_width": len(opening.kind.content)} if len(opening.kind.content) > 2 else {}),
            **({"dated_opening": True} if isinstance(opening.body[4], Branch) else {}),
            **({"kermit": True} if tree.rule is crc.kermit else {}),
            **({"short_checksum": True} if _is_short(tree) else {}),
        },
        status=_status(listing, reading),
        feeding=power is not None and power.value < 0,
        unlocked=here if reading.unlocked else other,
        locked=other if reading.unlocked else here,
        energies=tuple(name for code, name in names.items() if code in reading.registers),
        power="POWER_IN" if POWER_IN in reading.registers and power is None else "POWER",
        worked_out=tuple(
            f"{code.dotted} is worked out of {' and '.join(source.dotted for source in sources)}."
            for code, sources in reading.sources.items()
        ),
        heard=readings,
    )


def _whole(recording: Recording) -> list[Telegram]:
    """The telegrams that hold a list of registers between an opening and a closing message."""
    ear = Ear([sml])
    heard = [found for chunk in recording.chunks() for found in ear.hear(chunk)]
    return [found for found in heard if isinstance(found, Telegram) and len(sml_tree.parse(found.data).messages) == 3]


def _every(heard: list[Telegram]) -> float:
    """Seconds from telegram to telegram."""
    pauses = [later.ended - earlier.ended for earlier, later in pairwise(heard)]
    return max(round(median(pauses), 1), 0.1) if any(pauses) else 1.0


def _server_id(reading: Reading) -> tuple[str, int]:
    """The server id as a profile writes it, and the number in it; 0 where it is in no form that is known."""
    octets = bytes.fromhex(reading.server_id)
    number = int.from_bytes(octets[-4:], "big")
    if len(octets) == 10 and number < 100_000_000:
        return f"{octets[:-4].hex()}{{serial}}", number
    if len(octets) == 8 and octets.isdigit():
        return "{digits}", int(octets)
    return octets.hex(), 0


def _counting(node: Node) -> str:
    octets = node.content if isinstance(node, Leaf) else b""
    return "{counter}" if len(octets) == 4 else octets.hex()


def _said(key: str, node: Node) -> Fields:
    return {key: node.content.hex()} if isinstance(node, Leaf) and node.content else {}


def _is_short(tree: Tree) -> bool:
    return any(len(message.checksum_field.content) == 1 for message in tree.messages)


def _status(listing: sml_tree.Message, reading: Reading) -> Fields:
    """The status word of the first telegram, and the bit of its layout that is set while feeding in."""
    widths = [
        len(node.content) for entry in listing.entries() if isinstance(node := entry.nodes[1], Leaf) and node.content
    ]
    width, word, bit = max(widths, default=1), reading.status or 0, EXPORTING.get(reading.layout, 0)
    bit = bit if bit < 256**width else 0
    return {"width": width, "idle": word & ~bit, "drawing": word & ~bit, "feeding": word | bit}
