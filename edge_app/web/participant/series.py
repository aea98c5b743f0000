"""The rows of a span: what each drew and fed in, and its mean power; out of this device's measurements or the cloud's.

A row without a measurement is a gap, and stays one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, Obis
from edge_app.web.participant.now import Values, net_power

SLOT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: energy in kWh, power in kW, negative while feeding in."""

    begin: datetime
    drawn: Decimal | None = None
    fed_in: Decimal | None = None
    power: Decimal | None = None

    @property
    def is_gap(self) -> bool:
        return self.drawn is None and self.fed_in is None and self.power is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the cloud says of a step of time."""

    begin: datetime
    values: Values

    @classmethod
    def parse(cls, said: Mapping[str, Any]) -> "Step":
        values = {Obis(code): Decimal(str(value)) for each in said["data"] for code, value in each.items()}
        return cls(begin=datetime.fromisoformat(said["time"]), values=values)


def of_measurements(kept: Sequence[Measurement], edges: Sequence[datetime]) -> list[Row]:
    """Rows between edges, by counters: those of a row's first measurement, and of the first of the row after it.

    Before a gap, and in the end, a row goes up to its own last measurement.
    """
    slots = [each.slot for each in kept]
    places = [bisect_left(slots, edge) for edge in edges]
    rows = []
    for (edge, following), (first, after) in zip(pairwise(edges), pairwise(places), strict=True):
        within = kept[first:after]
        if not within:
            rows.append(Row(begin=edge))
            continue
        follows = after < len(kept) and slots[after] - following < SLOT
        ends = kept[after] if follows else within[-1]
        powers = [power for each in within if (power := net_power(each.data)) is not None]
        rows.append(
            Row(
                begin=edge,
                drawn=_risen(within[0], ends, ENERGY_IN),
                fed_in=_risen(within[0], ends, ENERGY_OUT),
                power=sum(powers, Decimal(0)) / len(powers) if powers else None,
            )
        )
    return rows


def of_steps(steps: Iterable[Step], edges: Sequence[datetime]) -> list[Row]:
    """Rows between edges, each the sum of the cloud's steps that begin within it."""
    rows = []
    ordered = sorted(steps, key=lambda step: step.begin)
    begins = [step.begin for step in ordered]
    places = [bisect_left(begins, edge) for edge in edges]
    for edge, (first, after) in zip(edges, pairwise(places), strict=False):
        within = [step.values for step in ordered[first:after]]
        powers = [power for values in within if (power := net_power(values)) is not None]
        rows.append(
            Row(
                begin=edge,
                drawn=_sum(within, ENERGY_IN),
                fed_in=_sum(within, ENERGY_OUT),
                power=sum(powers, Decimal(0)) / len(powers) if powers else None,
            )
        )
    return rows


def total(rows: Iterable[Row]) -> tuple[Decimal | None, Decimal | None]:
    """What all rows drew and fed in."""
    drawn = [row.drawn for row in rows if row.drawn is not None]
    fed_in = [row.fed_in for row in rows if row.fed_in is not None]
    return (sum(drawn, Decimal(0)) if drawn else None, sum(fed_in, Decimal(0)) if fed_in else None)


def _risen(first: Measurement, last: Measurement, code: Obis) -> Decimal | None:
    if first is last or code not in first.data or code not in last.data or last.data[code] < first.data[code]:
        return None
    return last.data[code] - first.data[code]


def _sum(values: Sequence[Values], code: Obis) -> Decimal | None:
    known = [each[code] for each in values if code in each]
    return sum(known, Decimal(0)) if known else None
