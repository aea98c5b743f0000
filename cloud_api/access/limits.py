"""How often a device may come: so many times an hour, and twice as many at once after it was away."""

import math
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from cloud_api.errors import OftenError

HOUR = 3600.0
JITTER = 0.25
"""Part of the wait by which it is lengthened at random, so that those who were refused do not come back together."""
REMEMBERED = 100_000
"""Devices whose coming is remembered; of more, those that came longest ago start afresh."""


Kind = Literal["uploads", "reports", "renewals", "leases"]
UPLOADS = 12
REPORTS = 60
"""Incidents and corrections that a device may tell of in an hour."""
RENEWALS = 6
LEASES = 30


class Limit:
    """A bucket for each device that fills evenly; each worker counts for itself."""

    def __init__(self, what: Kind, *, an_hour: int) -> None:
        self.what = what
        self.an_hour = an_hour
        self._buckets: OrderedDict[UUID, tuple[datetime, float]] = OrderedDict()

    def take(self, device: UUID, *, at: datetime) -> None:
        """Count once. Raises OftenError where the bucket is empty."""
        burst, each = 2.0 * self.an_hour, HOUR / self.an_hour
        before, left = self._buckets.pop(device, (at, burst))
        left = min(burst, left + max(0.0, (at - before).total_seconds()) / each)
        allowed = left >= 1
        self._buckets[device] = (at, left - 1 if allowed else left)
        if len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = (1 - left) * each
            wait += secrets.SystemRandom().uniform(0, JITTER * wait)
            raise OftenError(f"a device may send {self.an_hour} {self.what} an hour", wait=math.ceil(wait))


Limits = Mapping[Kind, Limit]


def limits(*, uploads_an_hour: int) -> Limits:
    return {
        "uploads": Limit("uploads", an_hour=uploads_an_hour),
        "reports": Limit("reports", an_hour=REPORTS),
        "renewals": Limit("renewals", an_hour=RENEWALS),
        "leases": Limit("leases", an_hour=LEASES),
    }
