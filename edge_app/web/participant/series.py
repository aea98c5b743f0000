"""The rows of a span: what each drew and fed in, and its mean power; out of this device's measurements or the cloud's.

A row without a measurement is a gap, and stays one; a row that was measured in part has the energy of that part.
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
    slots: int = 0
    """How many quarters of an hour were measured."""

    @property
    def is_gap(self) -> bool:
        return self.drawn is None and self.fed_in is None and self.power is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the cloud says of a step of time."""

    begin: datetime
    values: Values
    slots: int = 1

    @classmethod
    def parse(cls, said: Mapping[str, Any]) -> "Step":
        values = {Obis(code): Decimal(str(value)) for each in said["data"] for code, value in each.items()}
        return cls(begin=datetime.fromisoformat(said["time"]), values=values, slots=said.get("slots", 1))

    @property
    def is_in_part(self) -> bool:
        """Whether it was measured, and not at both of its ends, so that the cloud knows no energy of it."""
        return self.slots > 0 and not self.values.keys() & {ENERGY_IN, ENERGY_OUT}

    @property
    def row(self) -> Row:
        return Row(
            begin=self.begin,
            drawn=self.values.get(ENERGY_IN),
            fed_in=self.values.get(ENERGY_OUT),
            power=net_power(self.values),
            slots=self.slots,
        )


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
                slots=len(within),
            )
        )
    return rows


def of_parts(parts: Iterable[Row], edges: Sequence[datetime]) -> list[Row]:
    """Rows between edges, each the sum of the shorter ones that begin within it; power by how long it was measured."""
    ordered = sorted(parts, key=lambda part: part.begin)
    begins = [part.begin for part in ordered]
    places = [bisect_left(begins, edge) for edge in edges]
    return [
        _together(edge, ordered[first:after]) for edge, (first, after) in zip(edges, pairwise(places), strict=False)
    ]


def total(rows: Iterable[Row]) -> tuple[Decimal | None, Decimal | None]:
    """What all rows drew and fed in."""
    every = list(rows)
    return _sum(row.drawn for row in every), _sum(row.fed_in for row in every)


def _together(begin: datetime, parts: Sequence[Row]) -> Row:
    powers = [(part.power, max(part.slots, 1)) for part in parts if part.power is not None]
    drawn, fed_in = total(parts)
    return Row(
        begin=begin,
        drawn=drawn,
        fed_in=fed_in,
        power=sum((power * weight for power, weight in powers), Decimal(0)) / sum(weight for _, weight in powers)
        if powers
        else None,
        slots=sum(part.slots for part in parts),
    )


def _risen(first: Measurement, last: Measurement, code: Obis) -> Decimal | None:
    if first is last or code not in first.data or code not in last.data or last.data[code] < first.data[code]:
        return None
    return last.data[code] - first.data[code]


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
