"""The proof: a data set against the truth of the virtual meters, to the last tenth of a watt-hour."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from cloud_api.ledger.states import SLOT
from edge_app.simulator.household import WATT_HOUR
from tests.dataset.virtual import Planted, PlantedMeter

KWH = 1000 * WATT_HOUR
RESOLUTION = 0.0001
"""kWh; a difference of two counters is off by less than one of it."""


@dataclass(kw_only=True)
class Proof:
    """What was compared, in numbers."""

    slots: int = 0
    gaps: int = 0
    flags: int = 0
    energy: float = 0
    """kWh that the data set gives."""
    flagged: float = 0
    """kWh that flowed in steps that it flags, by the truth."""
    flowed: float = 0
    """kWh that flowed, by the truth."""
    furthest: float = 0
    """kWh by which an interval's energy is off at most."""


def prove(release: Path, planted: list[Planted], names: dict[str, str], *, since: datetime) -> Proof:
    """Compare every slot, step and kWh; raises AssertionError where anything differs. `names` are ours to its own."""
    proof = Proof()
    columns = ["meter", "slot", "state", "reason", "time", "slots", "energy_in", "energy_out", "flag"]
    quarters = ds.dataset(release / "quarter", partitioning="hive")
    for household in planted:
        for meter in household.meters:
            mine = quarters.to_table(columns=columns, filter=ds.field("meter") == names[str(meter.uuid)])
            _meter(proof, meter, mine.sort_by("slot").to_pylist(), since)
    return proof


def _meter(proof: Proof, meter: PlantedMeter, rows: list[dict[str, Any]], since: datetime) -> None:
    found = {(row["slot"] - since) // SLOT: row for row in rows if row["slot"] >= since}
    first, last = min(meter.shown), max(meter.shown)
    assert set(range(first, last + 1)) <= set(found)
    measured = sorted(meter.shown)
    following = dict(pairwise(measured))
    for slot, row in found.items():
        if slot > last:
            continue
        assert (row["state"], row["reason"]) == meter.states.get(slot, ("measured", None)), (meter.uuid, slot)
        proof.slots += 1
        proof.gaps += row["state"] == "missing"
        if slot not in following:
            assert (row["energy_in"], row["energy_out"], row["flag"]) == (None, None, None)
            continue
        _step(proof, meter, slot, following[slot], row)
    proof.flowed += sum(b - a for a, b in zip(meter.shown[first].flowed, meter.shown[last].flowed, strict=True)) / KWH


def _step(proof: Proof, meter: PlantedMeter, slot: int, following: int, row: dict[str, Any]) -> None:
    assert row["slots"] == following - slot
    assert row["flag"] == meter.flags.get(slot), (meter.uuid, slot, row, meter.flags)
    true = [(b - a) / KWH for a, b in zip(meter.shown[slot].flowed, meter.shown[following].flowed, strict=True)]
    energy = [row["energy_in"], row["energy_out"]]
    if row["flag"]:
        assert energy == [None, None]
        proof.flags += 1
        proof.flagged += sum(true)
        return
    proof.furthest = max(proof.furthest, *(abs(a - b) for a, b in zip(energy, true, strict=True)))
    assert proof.furthest < RESOLUTION
    proof.energy += sum(energy)
