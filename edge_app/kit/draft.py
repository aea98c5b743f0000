"""A draft of a profile, for its author to go on from: made up, or drawn from a recording.

What nobody knows yet is a guess and says so: what the meter sends in the other state, and what its status word means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from edge_app.kit.draft_entries import Fields, lockable
from edge_app.kit.word_checks import GUESS
from edge_app.metering.derive import EXPORTING
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN
from edge_app.model.reading import Layout, Reading

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
    protocol: Literal["sml", "d0"] = "sml"
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


def of_first(
    reading: Reading, *, entries: tuple[Fields, ...], readings: Mapping[str, str], source: str
) -> tuple[DraftState, DraftState]:
    """What a meter sends unlocked and locked, where one telegram tells of one of them and the other is a guess."""
    here = DraftState(entries=entries, readings=readings, source=source)
    other_entries, other_readings = lockable(entries, readings, unlock=not reading.unlocked)
    other = DraftState(
        entries=other_entries, readings=other_readings, source=f"{GUESS}: by what other meters do in this state"
    )
    return (here, other) if reading.unlocked else (other, here)


def status_words(reading: Reading, *, width: int) -> Fields:
    """The status word of a telegram in so many octets, and the bit of its layout that is set while feeding in."""
    word, bit = reading.status or 0, EXPORTING.get(reading.layout, 0)
    bit = bit if bit < 256**width else 0
    return {"width": width, "idle": word & ~bit, "drawing": word & ~bit, "feeding": word | bit}


def is_feeding(reading: Reading) -> bool:
    power = reading.registers.get(POWER)
    return power is not None and power.value < 0


def energies_in(reading: Reading) -> tuple[str, ...]:
    """The counters of the survey in a reading, by the names that they have in `edge_app.metering`."""
    names = {ENERGY_IN: "ENERGY_IN", ENERGY_OUT: "ENERGY_OUT"}
    return tuple(name for code, name in names.items() if code in reading.registers)


def power_in(reading: Reading) -> str:
    """The register of power in a reading, likewise; of a locked meter nobody knows, and most send it signed."""
    return "POWER_IN" if POWER_IN in reading.registers and POWER not in reading.registers else "POWER"


def worked_out(reading: Reading) -> tuple[str, ...]:
    """What is to be said of the registers of a reading that no telegram holds."""
    return tuple(
        f"{code.dotted} is worked out of {' and '.join(source.dotted for source in sources)}."
        for code, sources in reading.sources.items()
    )
