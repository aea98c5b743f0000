"""The steps of a meter's counters: how much they rose, and which steps cannot be believed. Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

UNITS = 1_000_000_000
"""Of a kWh, or of a kW: numbers here are whole billionths."""
MICROSECONDS = 1_000_000
HOUR = 3600 * MICROSECONDS
COARSE = 1 * UNITS
"""The coarsest counter goes by whole kWh: it may rise by one of them at any moment."""


class Flag(IntEnum):
    """Why a step cannot be believed; of several the highest counts."""

    NONE = 0
    JUMP = 1
    """More energy than the connection of the house can carry."""
    BACKWARDS = 2
    """A counter went back, and nothing says why."""
    RESET = 3
    """The counters began anew: after it they show no more than may have been counted since."""
    WRONG_ORDER = 4
    """One of its two measurements does not fit between its neighbours, which fit to each other."""
    EXCHANGE = 5
    """Between its measurements the device heard another meter than before."""

    @property
    def word(self) -> str:
        return self.name.lower().replace("_", "-")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Counter:
    """What one counter showed at each measurement, in units, and where it showed anything."""

    values: Ints
    shown: Bools

    def rises(self, apart: int = 1) -> tuple[Ints, Bools]:
        """What it rose by between measurements so far apart, and where that can be said."""
        return self.values[apart:] - self.values[:-apart], self.shown[apart:] & self.shown[:-apart]


def flags(times: Ints, counters: Sequence[Counter], *, most: float, exchanges: Sequence[tuple[int, int]]) -> Ints:
    """The flag of each step, from each measurement to the next.

    `times` are microseconds, `most` is the power in kW that the connection can carry, `exchanges` are the moments
    from and to which another meter was heard.
    """
    found = np.zeros(max(len(times) - 1, 0), dtype=np.int64)
    if not len(found):
        return found
    back, jump = _unfit(times, counters, most, apart=1)
    found[jump] = Flag.JUMP
    found[back] = Flag.BACKWARDS
    found[back & _anew(times, counters, most)] = Flag.RESET
    alone = _alone(back | jump, times, counters, most)
    found[alone] = Flag.WRONG_ORDER
    for begin, end in exchanges:
        found[(times[:-1] < end) & (times[1:] > begin)] = Flag.EXCHANGE
    return found


def _unfit(times: Ints, counters: Sequence[Counter], most: float, *, apart: int) -> tuple[Bools, Bools]:
    """Where a counter went back, and where one rose by more than can be."""
    limit = _limit(times[apart:] - times[:-apart], most)
    back, jump = np.zeros(len(limit), dtype=np.bool_), np.zeros(len(limit), dtype=np.bool_)
    for counter in counters:
        rise, known = counter.rises(apart)
        back |= known & (rise < 0)
        jump |= known & (rise > limit)
    return back, jump


def _anew(times: Ints, counters: Sequence[Counter], most: float) -> Bools:
    """Where every counter afterwards shows no more than may have been counted since."""
    limit = _limit(times[1:] - times[:-1], most)
    low = np.ones(len(limit), dtype=np.bool_)
    for counter in counters:
        low &= ~counter.shown[1:] | (counter.values[1:] <= limit)
    return low


def _alone(unfit: Bools, times: Ints, counters: Sequence[Counter], most: float) -> Bools:
    """The steps to and from a measurement that does not fit to the one before, while the one after it does."""
    steps = np.zeros(len(unfit), dtype=np.bool_)
    if len(times) < 3:  # a measurement with two neighbours
        return steps
    over_back, over_jump = _unfit(times, counters, most, apart=2)
    lonely = unfit[:-1] & ~(over_back | over_jump)
    steps[:-1] |= lonely
    steps[1:] |= lonely
    return steps


def _limit(length: Ints, most: float) -> Ints:
    allowed: Ints = (length / HOUR * most * UNITS).astype(np.int64) + COARSE
    return allowed
