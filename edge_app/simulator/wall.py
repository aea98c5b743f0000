"""What hangs on the wall: a virtual meter with its display, and what happens to the two of them."""

from collections.abc import Iterator
from datetime import timedelta

from edge_app.clock import Clock
from edge_app.metering.profile import Variant
from edge_app.simulator.display import Display
from edge_app.simulator.faults import Fault, Kind
from edge_app.simulator.household import WATT_HOUR, Role
from edge_app.simulator.virtual_meter import VirtualMeter


class Wall:
    """One meter in front of a probe, which may be changed for another; time runs at a pace of its own for both."""

    def __init__(
        self,
        *,
        variant: Variant,
        role: Role,
        seed: int,
        pace: float,
        display: Display | None,
        faults: tuple[Fault, ...],
        clock: Clock,
    ) -> None:
        self._began = clock.now()
        self._pace = pace
        self._clock = clock
        self._display = display
        self._faults = faults
        self._happened: set[Fault] = set()
        self._meter, self._other = (
            VirtualMeter(variant=variant, role=role, seed=each, since=self._began) for each in (seed, seed + 1)
        )

    def telegram(self, elapsed: float) -> bytes:
        """What the meter says so many seconds after the start."""
        at = self._began + timedelta(seconds=elapsed * self._pace)
        for fault in self._begun(elapsed):
            match fault.kind:
                case Kind.BACKWARDS:
                    back = round(fault.energy * 1000 * WATT_HOUR)
                    self._meter.counted = [max(counted - back, 0) for counted in self._meter.counted]
                case Kind.CLOCK_RESET:
                    self._meter.seconds = -((at - self._began) // timedelta(seconds=1))
                case Kind.POWER_CUT if self._display:
                    self._display.cut_power()
        another = any(fault.kind is Kind.ANOTHER_METER and fault.active(elapsed) for fault in self._faults)
        meter = self._other if another else self._meter
        meter.full = self._display.full(self._clock.monotonic()) if self._display else True
        return meter.telegram(at)

    def _begun(self, elapsed: float) -> Iterator[Fault]:
        for fault in self._faults:
            if fault.at <= elapsed and fault not in self._happened:
                self._happened.add(fault)
                yield fault
