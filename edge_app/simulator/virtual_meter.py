"""A virtual meter: what a household does becomes the telegram that a model of meter would send."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from edge_app.metering.profile import Feed, NumberEntry, State, Variant
from edge_app.model.obis import Obis
from edge_app.simulator.composer import Moment, compose
from edge_app.simulator.household import WATT_HOUR, Flow, Household, Role

VOLTAGE = 23_000
"""Of a phase on which nothing flows, hundredths of a volt."""


class VirtualMeter:
    """One meter of a variant, on the wall of a household since a moment; its seed makes it another one."""

    def __init__(self, *, variant: Variant, role: Role, seed: int, since: datetime) -> None:
        self.variant = variant
        self.full = True
        """Whether it sends all it knows, or what it shows while locked; some are never locked."""
        self._role: Role = role
        self._since = since
        self._household = Household(seed=seed, since=since.date())
        self._serial = (variant.serial + seed) % 100_000_000
        self._counter = 0
        chance = random.Random(f"counters {seed}")  # noqa: S311  # counters that come out the same each time are wanted
        self.counted = [
            chance.randrange(2_000_000, 30_000_000) * WATT_HOUR + chance.randrange(WATT_HOUR) for _ in range(2)
        ]
        """What it had counted before it came here: drawn, fed in; hundredths of a watt second."""
        self.seconds = chance.randrange(1_000_000, 100_000_000)
        """What its clock showed when it came here."""

    def telegram(self, at: datetime) -> bytes:
        """Its next telegram."""
        flow = self._household.flow(self._role, at)
        moment = Moment(
            variant=self.variant,
            serial=self._serial,
            counter=self._counter,
            seconds=self.seconds + (at - self._since) // timedelta(seconds=1),
            status=self.variant.status.word(flow.power),
        )
        self._counter += 1
        state = self.variant.unlocked if self.full else self.variant.locked or self.variant.unlocked
        return compose(moment, state, _numbers(state, flow, self.counted))


def _numbers(state: State, flow: Flow, counted: list[int]) -> dict[Obis, int]:
    return {entry.code: _integer(entry, flow, counted) for entry in state.entries if isinstance(entry, NumberEntry)}


def _integer(entry: NumberEntry, flow: Flow, counted: list[int]) -> int:
    """The integer by which a register shows its part of a flow: counters rounded down, power to the nearest."""
    scaler = (entry.scaler or 0) + (3 if entry.unit == "kWh" else 0)
    match entry.feed:
        case Feed.ENERGY_IN:
            return _rounded_down(counted[0] + flow.energy_in, scaler)
        case Feed.ENERGY_OUT:
            return _rounded_down(counted[1] + flow.energy_out, scaler)
        case Feed.POWER:
            return _nearest(flow.power, scaler)
        case Feed.AMOUNT:
            return _nearest(abs(flow.power), scaler)
        case Feed.POWER_L1 | Feed.POWER_L2 | Feed.POWER_L3:
            return _nearest(flow.phases[_phase(entry.feed)], scaler)
        case Feed.VOLTAGE_L1 | Feed.VOLTAGE_L2 | Feed.VOLTAGE_L3:
            return _nearest(VOLTAGE - flow.phases[_phase(entry.feed)] // 1000, scaler)
    return 0


def _phase(feed: Feed) -> int:
    return int(feed.value[-1]) - 1


def _rounded_down(energy: int, scaler: int) -> int:
    return int(Decimal(energy).scaleb(-scaler) // WATT_HOUR)


def _nearest(hundredths: int, scaler: int) -> int:
    return int(Decimal(hundredths).scaleb(-2 - scaler).to_integral_value())
