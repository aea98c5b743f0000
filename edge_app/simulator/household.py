"""A household and a sun: what flows through its two meters, as a function of time that gives the same at every call.

Power is constant over a step and counted in hundredths of a watt; energy is its exact sum, in hundredths of a watt
second. A counter of any resolution is this sum divided and rounded down, as a meter does it.
"""

import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Literal

Role = Literal["electricity", "pv-generation"]
"""Which meter of the household."""
Phases = tuple[int, int, int]

STEP = 10
"""Seconds for which power stays the same."""
STEPS = 86_400 // STEP
WATT_HOUR = 100 * 3600
"""Hundredths of a watt second."""
STANDBY = 300
"""What an inverter takes while there is no sun, hundredths of a watt."""
LATITUDE, LONGITUDE = 50.1, 8.2
"""Of the house, degrees."""
CLOCK_AHEAD = 3600 // STEP
"""Steps by which people's clocks are ahead of UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What one meter counts and sees at a moment."""

    energy_in: int
    """Drawn since the household was begun, hundredths of a watt second."""
    energy_out: int
    """Fed in, likewise."""
    phases: Phases
    """Power on each phase, hundredths of a watt, negative while feeding in."""

    @property
    def power(self) -> int:
        """Power of all phases together, hundredths of a watt."""
        return sum(self.phases)


class Household:
    """Some people, what they use, and a photovoltaic system on the roof.

    The meter for electricity sees what crosses the boundary of the house. That for generation sees what the inverter
    gives, as fed in, and the little that it takes at night.
    """

    def __init__(self, *, seed: int, since: date, peak: int = 8_000) -> None:
        self._seed = seed
        self._since = since
        self._peak = peak
        """What the sun gives at most, watts."""
        self._before: dict[Role, list[tuple[int, int]]] = {}  # energy up to the beginning of each day
        self._latest: dict[Role, tuple[int, _Day]] = {}

    def flow(self, role: Role, at: datetime) -> Flow:
        """What a meter has counted since the first day began, and what it sees. Raises ValueError for a time before."""
        begin = datetime(self._since.year, self._since.month, self._since.day, tzinfo=UTC)
        number, within = divmod(at - begin, timedelta(days=1))
        if number < 0:
            raise ValueError(f"the household begins on {self._since}, which is after {at}")
        energy_in, energy_out = self._energy_before(role, number)
        today = self._day(role, number)
        step, beyond = divmod(within, timedelta(seconds=STEP))
        power = sum(today.phases[step])
        beyond_ms = beyond // timedelta(milliseconds=1)
        return Flow(
            energy_in=energy_in + today.energy_in[step] + max(power, 0) * beyond_ms // 1000,
            energy_out=energy_out + today.energy_out[step] + max(-power, 0) * beyond_ms // 1000,
            phases=today.phases[step],
        )

    def _energy_before(self, role: Role, number: int) -> tuple[int, int]:
        before = self._before.setdefault(role, [(0, 0)])
        while len(before) <= number:
            day = self._day(role, len(before) - 1)
            energy_in, energy_out = before[-1]
            before.append((energy_in + day.energy_in[-1], energy_out + day.energy_out[-1]))
        return before[number]

    def _day(self, role: Role, number: int) -> "_Day":
        latest, day = self._latest.get(role, (-1, None))
        if day is None or latest != number:
            day = _Day(self._phases(role, self._since + timedelta(days=number)))
            self._latest[role] = number, day
        return day

    def _phases(self, role: Role, day: date) -> list[Phases]:
        sun = sunshine(self._seed, day, self._peak)
        if role == "pv-generation":
            return [_evenly(STANDBY - shine if shine < STANDBY else -shine) for shine in sun]
        return [_less(used, _evenly(shine)) for used, shine in zip(consumption(self._seed, day), sun, strict=True)]


class _Day:
    """One day of one meter: the phases at each step, and the energy up to the beginning of each and to the end."""

    def __init__(self, phases: list[Phases]) -> None:
        self.phases = phases
        totals = [sum(each) * STEP for each in phases]
        self.energy_in = list(accumulate((max(total, 0) for total in totals), initial=0))
        self.energy_out = list(accumulate((max(-total, 0) for total in totals), initial=0))


def sunshine(seed: int, day: date, peak: int) -> list[int]:
    """What a photovoltaic system gives at each step of a day: the height of the sun, dimmed by that day's clouds."""
    chance = random.Random(f"sun {seed} {day}")  # noqa: S311  # a day that comes out the same each time is wanted
    number = day.timetuple().tm_yday
    declination = math.radians(-23.44) * math.cos(math.tau * (number + 10) / 365.25)
    overcast = chance.betavariate(1.5, 1.5)
    clouds = [1 - overcast * chance.random() for _ in range(24 * 6 + 1)]  # one for every ten minutes
    latitude, longitude = math.radians(LATITUDE), math.radians(LONGITUDE)
    always, by_day = math.sin(latitude) * math.sin(declination), math.cos(latitude) * math.cos(declination)
    given = []
    for step in range(STEPS):
        height = always + by_day * math.cos(math.tau * (step / STEPS - 0.5) + longitude)
        knot, between = divmod(step * STEP / 600, 1)
        clear = clouds[int(knot)] * (1 - between) + clouds[int(knot) + 1] * between
        given.append(int(100 * peak * max(height, 0) ** 1.2 * clear))
    return given


def consumption(seed: int, day: date) -> list[Phases]:
    """What people use on each phase at each step of a day: what always runs, and appliances that come and go."""
    chance = random.Random(f"use {seed} {day}")  # noqa: S311  # a day that comes out the same each time is wanted
    always = (80 + seed % 40, 30, 45)
    use = [[watts + chance.uniform(-3, 3) for _ in range(STEPS)] for watts in always]
    for phase, hours, watts, minutes, times in APPLIANCES:
        for _ in range(chance.randint(*times)):
            begin = int((chance.uniform(*hours) * 3600) / STEP - CLOCK_AHEAD) % STEPS
            length = int(minutes * chance.uniform(0.7, 1.3) * 60 / STEP)
            for step in range(begin, min(begin + length, STEPS)):
                use[phase][step] += watts
    return [(int(100 * one), int(100 * two), int(100 * three)) for one, two, three in zip(*use, strict=True)]


APPLIANCES = (
    # phase, between which hours, watts, minutes, how often a day
    (0, (0, 24), 90, 15, (40, 48)),  # refrigerator
    (0, (6, 9), 2000, 3, (1, 3)),  # kettle
    (0, (15, 21), 2000, 3, (0, 2)),
    (1, (17, 20), 1800, 35, (0, 2)),  # stove
    (2, (11, 13), 1600, 25, (0, 1)),
    (2, (9, 18), 1900, 20, (0, 2)),  # washing machine, heating its water
    (1, (19, 23), 140, 90, (1, 2)),  # television
    (0, (17, 23), 60, 180, (1, 2)),  # light
)


def _evenly(power: int) -> Phases:
    """Spread over three phases without losing a hundredth."""
    third = power // 3
    return power - 2 * third, third, third


def _less(used: Phases, given: Phases) -> Phases:
    return used[0] - given[0], used[1] - given[1], used[2] - given[2]
