"""An undated measurement: read while nobody knew the time of day, and kept until it is known when that was."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from edge_app.model.obis import Obis


@dataclass(frozen=True, slots=True, kw_only=True)
class Undated:
    """Values of one meter at one moment of the monotonic clock, which begins anew with each start of the machine."""

    meter: UUID
    boot: str
    """Which start."""
    slot: int
    """How many slots had passed since then."""
    tick: float
    """When the telegram arrived, seconds since then."""
    data: Mapping[Obis, Decimal]
    """Energy in kWh, power in kW."""
