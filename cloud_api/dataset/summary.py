"""What a release comes to in numbers, for its documents and for whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cloud_api.dataset.linkage import Linkage
from cloud_api.ledger.reckoning import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts over the whole release."""

    first: datetime | None
    """When the first of its households granted consent."""
    standing: int
    """Households whose consent stands."""
    revoked: int
    meters: int
    pv_systems: int
    without_region: int
    measurements: int
    tally: Tally
    reasons: Mapping[str, int]
    """How many slots are missing for which reason."""
    flags: Mapping[str, int]
    """How many registers of steps have which flag."""
    beyond: int
    """Values that have no place in their column."""
    linkage: Linkage
