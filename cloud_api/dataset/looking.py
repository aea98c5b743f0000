"""Looking through a release: what its pictures show, summed batch by batch in memory that does not grow with it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet

from cloud_api.dataset.stretches import STATES
from cloud_api.errors import SetupError
from cloud_api.ledger.reckoning import Tally
from cloud_api.ledger.states import State

SEASONS = ("winter", "spring", "summer", "autumn")
SLOTS = 96
DAY_SECONDS = 86_400
BINS, BIN = 1000, 0.05
"""Of the duration curve: steps of power, and how many kW each has; above the last all is the last."""
COLUMNS = ["meter", "slot", "state", "slots", "seconds", "energy_in", "energy_out"]
COUNTS = ("measured", "late", "missing")
Sums = npt.NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Look:
    """What was seen: who takes part since when, how complete each day is, and how power goes."""

    name: str
    joined: list[date]
    households: int
    meters: int
    tally: Tally
    expected: dict[int, int] = field(default_factory=dict)
    measured: dict[int, int] = field(default_factory=dict)
    """By day since 1970."""
    sums: Sums = field(default_factory=lambda: np.zeros((2, len(SEASONS), SLOTS)))
    counts: Sums = field(default_factory=lambda: np.zeros((len(SEASONS), SLOTS)))
    durations: Sums = field(default_factory=lambda: np.zeros((2, BINS)))


def look(release: Path) -> Look:
    """Raises SetupError where there is no release in Parquet."""
    try:
        described = (release / "datapackage.json").read_bytes()
        households = pa.parquet.read_table(release / "household.parquet", columns=["consent", "consent_from"])
        kinds = pa.parquet.read_table(release / "meter.parquet", columns=["meter", "type", *COUNTS])
    except OSError as error:
        raise SetupError(f"{release}: no release in Parquet ({error.strerror or type(error).__name__})") from error
    standing = households.filter(pc.equal(households["consent"], "granted"))  # of the others only the year is known
    found = Look(
        name=msgspec.json.decode(described)["version"],
        joined=sorted(standing["consent_from"].to_pylist()),
        households=len(households),
        meters=len(kinds),
        tally=Tally(**{name: pc.sum(kinds[name], min_count=0).as_py() for name in COUNTS}),
    )
    grid = kinds.filter(pc.equal(kinds["type"], "ELECTRICITY"))["meter"].combine_chunks()
    if (release / "quarter").is_dir():
        for batch in pa.dataset.dataset(release / "quarter").to_batches(columns=COLUMNS):
            _take(found, batch, grid)
    return found


def _take(found: Look, batch: pa.RecordBatch, grid: pa.Array) -> None:
    seconds = pc.cast(batch["slot"], pa.int64()).to_numpy() // 1_000_000
    days = seconds // DAY_SECONDS
    _by_day(found.expected, days[_true(pc.not_equal(batch["state"], State.NOT_EXPECTED.value))])
    _by_day(found.measured, days[_true(pc.is_in(batch["state"], STATES.filter(_GOOD)))])
    single = _true(pc.and_(pc.is_in(batch["meter"], grid), pc.fill_null(pc.equal(batch["slots"], 1), False)))
    powers = [_power(batch, name) for name in ("energy_in", "energy_out")]
    known = single & np.isfinite(powers[0]) & np.isfinite(powers[1])
    months = pc.month(batch["slot"]).to_numpy()[known]
    places = months % 12 // 3, seconds[known] % DAY_SECONDS // (DAY_SECONDS // SLOTS)
    np.add.at(found.counts, places, 1)
    for number, power in enumerate(powers):
        np.add.at(found.sums[number], places, power[known])
        bins = np.clip((power[known] / BIN).astype(np.int64), 0, BINS - 1)
        found.durations[number] += np.bincount(bins, minlength=BINS)


_GOOD = pc.is_in(STATES, pa.array([State.MEASURED.value, State.LATE.value]))


def _power(batch: pa.RecordBatch, name: str) -> Sums:
    """The mean power of each interval, kW."""
    power = pc.divide(pc.multiply(batch[name], 3600.0), batch["seconds"])
    result: Sums = pc.fill_null(power, float("nan")).to_numpy(zero_copy_only=False)
    return result


def _true(mask: Any) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = mask.to_numpy(zero_copy_only=False)
    return found


def _by_day(counts: dict[int, int], days: npt.NDArray[np.int64]) -> None:
    for day, count in zip(*(part.tolist() for part in np.unique(days, return_counts=True)), strict=True):
        counts[day] = counts.get(day, 0) + count
