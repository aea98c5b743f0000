"""What tests of the device, and of plugins, share: a clock that is moved by hand."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta


class HandClock:
    """A clock that stands still until it is moved; sleepers wake in the order of their time."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), waker))
        await waker

    async def advance(self, seconds: float) -> None:
        """Let time pass; whoever sleeps wakes when its time has come, and may sleep again meanwhile."""
        await settle()
        end = self._monotonic + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, waker = heapq.heappop(self._sleepers)
            self._pass(max(due - self._monotonic, 0))
            if not waker.done():
                waker.set_result(None)
            await settle()
        self._pass(end - self._monotonic)
        await settle()

    def set(self, now: datetime) -> None:
        """Put the time of day elsewhere, as a clock is set: nobody wakes, and monotonic time goes on as it was."""
        self._now = now

    def _pass(self, seconds: float) -> None:
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)


async def settle(turns: int = 20) -> None:
    """Let tasks that are ready to run do so, without time passing."""
    for _ in range(turns):
        await asyncio.sleep(0)
