"""The posts of a device: all at work side by side, while settings are exchanged and a port is borrowed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from edge_app.config import MeterConfig
from edge_app.metering.post import Post

Make = Callable[[Sequence[MeterConfig]], Mapping[UUID, Post]]
"""Makes posts for those of some meters that can be read."""


class Posts:
    """Runs a post for each meter that has a port; a port has one user at a time."""

    def __init__(
        self,
        make: Make,
        *,
        run: Callable[[Post], Coroutine[None, None, None]],
        changed: Callable[[Sequence[MeterConfig]], None],
    ) -> None:
        self._make = make
        self._run = run
        self._changed = changed
        self._meters: dict[UUID, MeterConfig] = {}
        self._posts: dict[UUID, Post] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._at_work: dict[UUID, asyncio.Task[None]] = {}
        self._borrowed: set[str] = set()
        self._changing = asyncio.Lock()

    @property
    def meters(self) -> Sequence[MeterConfig]:
        """The meters as they are set now."""
        return tuple(self._meters.values())

    def of(self, meter: UUID) -> Post | None:
        """The post at a meter; None where it has none."""
        return self._posts.get(meter)

    def all(self) -> list[Post]:
        return list(self._posts.values())

    async def run(self) -> None:
        """Keep all at work until cancelled; an error that was not foreseen ends all."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for meter in self._posts:
                    self._begin(meter)
                await asyncio.Event().wait()
        finally:
            self._tasks = None

    async def set(self, meters: Sequence[MeterConfig]) -> None:
        """Take over settings: posts whose meter is set as before go on undisturbed."""
        async with self._changing:
            wanted = {each.uuid: each for each in meters}
            changed = [each for each in meters if self._meters.get(each.uuid) != each]
            for meter in [*(self._meters.keys() - wanted.keys()), *(each.uuid for each in changed)]:
                await self._end(meter)
                self._posts.pop(meter, None)
            self._posts.update(self._make(changed))
            self._meters = wanted
            self._changed(meters)
            for each in changed:
                self._begin(each.uuid)

    @asynccontextmanager
    async def borrow(self, port: str) -> AsyncIterator[None]:
        """Let a port be used by somebody else for a while; whoever reads there rests meanwhile."""
        async with self._changing:
            self._borrowed.add(port)
            for meter in self._at(port):
                await self._end(meter)
        try:
            yield
        finally:
            self._borrowed.discard(port)
            for meter in self._at(port):
                self._begin(meter)

    def _at(self, port: str) -> list[UUID]:
        return [meter for meter, post in self._posts.items() if post.station.probe.port.url == port]

    def _begin(self, meter: UUID) -> None:
        post = self._posts.get(meter)
        if post is None or self._tasks is None or post.station.probe.port.url in self._borrowed:
            return
        if meter not in self._at_work:
            self._at_work[meter] = self._tasks.create_task(self._run(post), name=f"post {post.station.meter.model}")

    async def _end(self, meter: UUID) -> None:
        task = self._at_work.pop(meter, None)
        if task:
            task.cancel()
            await asyncio.wait([task])
