"""What a stretch of one meter's measurements comes to: rows of measurement, quarter and flag, as Arrow holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cloud_api.dataset.digits import Registers, registers
from cloud_api.dataset.fields import PLACES, Kind
from cloud_api.dataset.schema import FLAG, MEASUREMENT, QUARTER
from cloud_api.dataset.source import Stretch
from cloud_api.dataset.steps import MICROSECONDS, UNITS, Bools, Counter, Flag, Ints, flags
from cloud_api.dataset.subjects import MeterSubject
from cloud_api.ledger.reckoning import Ledger
from cloud_api.ledger.states import Code
from cloud_api.store.ledgers import LENGTH

ENERGY_IN, ENERGY_OUT = "0100010800ff", "0100020800ff"
POWER, POWER_IN, POWER_OUT = "0100100700ff", "0100010700ff", "0100020700ff"
STATES = pa.array([code.state.value for code in Code])
REASONS = pa.array([code.reason.value if code.reason else None for code in Code])
WHOLE, BILLIONTH = pa.decimal128(19, 0), pa.scalar(Decimal("1e-9"), pa.decimal128(10, PLACES))
FLAGS = pa.array([flag.word if flag else None for flag in Flag])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rows:
    """The rows of a stretch, by table, and how many values had no place in their column."""

    measurement: pa.RecordBatch
    quarter: pa.RecordBatch
    flag: pa.RecordBatch
    beyond: int


def rows(subject: MeterSubject, read: Stretch, ledger: Ledger) -> Rows:
    """All rows of a stretch, for the slots of the ledger."""
    every = registers(read.data)
    inside = (every.places >= read.before) & (every.places < read.before + read.inside)
    measured = _measurements(subject, read, every, inside)
    firsts = read.firsts
    steps = _Steps.of(subject, read.times[firsts], every, firsts)
    mine = (firsts >= read.before) & (firsts < read.before + read.inside)
    return Rows(
        measurement=measured,
        quarter=_quarters(subject, ledger, steps, mine),
        flag=_flags(subject, steps, mine),
        beyond=measured.column("value").null_count,
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Steps:
    """What is known at the measurements that belong to slots, and of the step from each to the next."""

    times: Ints
    counters: dict[str, Counter]
    powers: tuple[Counter, Counter, Counter]
    flags: Ints
    """None for the last."""

    @classmethod
    def of(cls, subject: MeterSubject, times: Ints, every: Registers, firsts: npt.NDArray[np.intp]) -> "_Steps":
        def at(code: str) -> Counter:
            whole = every.column(code)
            return Counter(values=whole.values[firsts], shown=whole.shown[firsts])

        counters = {code: at(code) for code in (ENERGY_IN, ENERGY_OUT)}
        found = flags(times, list(counters.values()), most=subject.most, exchanges=subject.exchanges)
        return cls(
            times=times,
            counters=counters,
            powers=(at(POWER), at(POWER_IN), at(POWER_OUT)),
            flags=np.append(found, Flag.NONE) if len(times) else found,
        )

    @property
    def power(self) -> tuple[Ints, Bools]:
        total, drawn, fed = self.powers
        return (
            np.where(total.shown, total.values, drawn.values - np.where(fed.shown, fed.values, 0)),
            total.shown | drawn.shown,
        )

    def energy(self, code: str) -> tuple[Ints, Bools]:
        """What was counted up to the next measurement, and where that can be said; nowhere at the last."""
        rise, known = self.counters[code].rises()
        return np.append(rise, 0), np.append(known, False) & (self.flags == Flag.NONE)


def _measurements(subject: MeterSubject, read: Stretch, every: Registers, inside: Bools) -> pa.RecordBatch:
    times = read.times[every.places[inside]]
    mask = pa.array(inside)
    return _batch(
        MEASUREMENT.arrow(personal=True),
        subject,
        len(times),
        {
            "slot": times - times % LENGTH,
            "time": times,
            "register": every.codes.filter(mask),
            "value": every.values.filter(mask),
        },
    )


def _quarters(subject: MeterSubject, ledger: Ledger, steps: _Steps, mine: Bools) -> pa.RecordBatch:
    count = len(ledger.codes)
    begins = (ledger.first + np.arange(count, dtype=np.int64)) * LENGTH
    places = steps.times[mine] // LENGTH - ledger.first

    def spread(values: npt.NDArray[Any], known: Bools) -> pa.Array:
        """Values of measurements at the rows of their slots."""
        whole, there = np.zeros(count, dtype=values.dtype), np.zeros(count, dtype=np.bool_)
        whole[places], there[places] = values[mine], known[mine]
        return pa.array(whole, mask=~there)

    followed = np.arange(len(steps.times)) < len(steps.times) - 1
    following = np.append(steps.times[1:], 0)
    columns = {
        "slot": begins,
        "state": STATES.take(pa.array(ledger.codes)),
        "reason": REASONS.take(pa.array(ledger.codes)),
        "time": spread(steps.times, np.ones(len(steps.times), dtype=np.bool_)),
        "slots": spread((following // LENGTH - steps.times // LENGTH).astype(np.int32), followed),
        "seconds": spread((following - steps.times) / MICROSECONDS, followed),
        "power": _floats(spread(*steps.power)),
        "energy_in": _floats(spread(*steps.energy(ENERGY_IN))),
        "energy_out": _floats(spread(*steps.energy(ENERGY_OUT))),
        "flag": FLAGS.take(spread(steps.flags, followed)),
    }
    return _batch(QUARTER.arrow(personal=True), subject, count, columns)


def _flags(subject: MeterSubject, steps: _Steps, mine: Bools) -> pa.RecordBatch:
    places = np.flatnonzero((steps.flags != Flag.NONE) & mine)
    if not len(places):
        return pa.RecordBatch.from_pylist([], schema=FLAG.arrow(personal=True))
    parts = []
    for code, counter in steps.counters.items():
        chosen = places[counter.shown[places] | counter.shown[places + 1]]
        parts.append(
            pa.RecordBatch.from_pydict(
                {
                    "begin": pa.array(steps.times[chosen]),
                    "end": pa.array(steps.times[chosen + 1]),
                    "flag": FLAGS.take(pa.array(steps.flags[chosen])),
                    "register": pa.array([code] * len(chosen), type=pa.string()),
                    "before": _exact(counter, chosen),
                    "after": _exact(counter, chosen + 1),
                }
            )
        )
    both = pa.Table.from_batches(parts).sort_by([("begin", "ascending"), ("register", "ascending")])
    columns = {name: both.column(name).combine_chunks() for name in both.column_names}
    return _batch(FLAG.arrow(personal=True), subject, len(both), columns)


def _batch(schema: pa.Schema, subject: MeterSubject, count: int, columns: dict[str, Any]) -> pa.RecordBatch:
    """Rows of a table that begins with household and meter."""
    names = {"household": subject.household_name, "meter": subject.name}
    whole = {name: pa.repeat(value, count) for name, value in names.items()} | columns
    return pa.RecordBatch.from_arrays([_as(whole[field.name], field.type) for field in schema], schema=schema)


def _as(values: Any, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array if array.type == kind else pc.cast(array, kind)


def _floats(units: pa.Array) -> pa.Array:
    return pc.divide(pc.cast(units, pa.float64(), safe=False), float(UNITS))


def _exact(counter: Counter, places: Sequence[int] | npt.NDArray[np.intp]) -> pa.Array:
    units = pa.array(counter.values[places], mask=~counter.shown[places])
    return pc.cast(pc.multiply(pc.cast(units, WHOLE), BILLIONTH), Kind.EXACT.value)
