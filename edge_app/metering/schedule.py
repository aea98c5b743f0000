"""The schedule: one measurement of a meter for each slot, of the first whole telegram at or after its boundary."""

from datetime import datetime
from uuid import UUID

from edge_app.model.measurement import Measurement
from edge_app.model.reading import Reading
from edge_app.model.slot import Grid
from edge_app.model.undated import Undated


class Schedule:
    """Says of each reading of one meter whether it is the one to keep.

    It remembers the last slot that was filled; whether a slot was filled before a restart, or before the clock was
    set back, the store knows, which keeps one measurement a slot.
    """

    def __init__(self, meter: UUID, grid: Grid, *, boot: str = "") -> None:
        """`boot` is the start of the machine by whose monotonic clock slots are told apart while there is no other."""
        self._meter = meter
        self._grid = grid
        self._boot = boot
        self._filled: datetime | None = None
        self._held: int | None = None

    def place(self, reading: Reading, at: datetime) -> Measurement | None:
        """Make the measurement of a slot; None where the slot has one, or the reading holds nothing of the survey."""
        slot = self._grid.slot(at)
        values = {code: quantity.value for code, quantity in reading.surveyed().items()}
        if slot == self._filled or not values:
            return None
        return Measurement(meter=self._meter, slot=slot, time=at, data=values)

    def fill(self, measurement: Measurement) -> None:
        """Note that a measurement is safe, so that its slot asks for no other."""
        self._filled = measurement.slot

    def place_undated(self, reading: Reading, tick: float) -> Undated | None:
        """The same while the time of day is not known, by the monotonic clock's seconds."""
        slot = int(tick // self._grid.interval.total_seconds())
        values = {code: quantity.value for code, quantity in reading.surveyed().items()}
        if slot == self._held or not values:
            return None
        return Undated(meter=self._meter, boot=self._boot, slot=slot, tick=tick, data=values)

    def hold(self, undated: Undated) -> None:
        """Note that an undated measurement is safe."""
        self._held = undated.slot
