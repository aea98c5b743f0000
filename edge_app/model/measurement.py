"""A measurement: the one reading kept of a meter for a slot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from edge_app.model.obis import Obis


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Values of one meter at one moment, kept for the slot in which that moment lies."""

    meter: UUID
    slot: datetime
    """The beginning of the slot, UTC."""
    time: datetime
    """When the telegram arrived, UTC."""
    data: Mapping[Obis, Decimal]
    """Energy in kWh, power in kW."""

    def __post_init__(self) -> None:
        if self.slot.utcoffset() != timedelta(0) or self.time.utcoffset() != timedelta(0):
            raise ValueError("a measurement is timed in UTC; local time belongs to the pages")
        if self.time < self.slot:
            raise ValueError(f"a measurement of {self.time} lies before its slot, {self.slot}")
