"""How often an address may try: a bucket for each, which fills evenly within a minute."""

import math
from collections import OrderedDict
from datetime import datetime

from cloud_api.errors import OftenError

MINUTE = 60.0
FAILED = 5
"""Failed attempts of an address in a minute; after them even the right secret has to wait."""
REQUESTS = 120
"""Requests of an address in a minute, so that one leaked secret cannot empty the store quickly."""
REMEMBERED = 10_000
"""Addresses that are remembered; of more, those that came longest ago start afresh."""


class Attempts:
    """Each worker counts for itself."""

    def __init__(self, *, a_minute: int) -> None:
        self._most = a_minute
        self._left: OrderedDict[str, tuple[datetime, float]] = OrderedDict()

    def check(self, address: str, *, at: datetime) -> None:
        """Raises OftenError where the bucket is empty."""
        left = self._now(address, at)
        if left < 1:
            wait = math.ceil((1 - left) * MINUTE / self._most)
            raise OftenError("too many attempts from this address", wait=wait)

    def count(self, address: str, *, at: datetime) -> None:
        self._left[address] = (at, self._now(address, at) - 1)
        self._left.move_to_end(address)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)

    def _now(self, address: str, at: datetime) -> float:
        before, left = self._left.get(address, (at, float(self._most)))
        return min(float(self._most), left + max(0.0, (at - before).total_seconds()) * self._most / MINUTE)
