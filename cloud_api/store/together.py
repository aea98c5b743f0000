"""What is asked for at the same time is done at once: many requests share one trip to the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

Do = Callable[[Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]]
"""Answers each of a group in its order; an exception among the answers refuses that one and harms no other."""


class Together(Generic[Asked, Answer]):
    """Groups what is asked while the group before is being done; nobody waits for others to come.

    A group that fails as a whole is done again one by one, so that only those fail who are the reason.
    """

    def __init__(self, do: Do[Asked, Answer], *, most: int) -> None:
        self._do = do
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._working: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls, do: Do[Asked, Answer], *, most: int) -> AsyncIterator["Together[Asked, Answer]"]:
        """At the end of the block everything that was asked for is done."""
        together = cls(do, most=most)
        try:
            yield together
        finally:
            if together._working:
                await together._working

    async def ask(self, asked: Asked) -> Answer:
        """Raises what refuses this one, or what it failed with."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="together")
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._answer(group)
        self._working = None

    async def _answer(self, group: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        group = [(asked, future) for asked, future in group if not future.done()]  # whoever went away wants nothing
        if not group:
            return
        try:
            answers = await self._do([asked for asked, _ in group])
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    await self._answer([one])
                return
            answers = [error]
        for (_, future), answer in zip(group, answers, strict=True):
            if future.done():  # went away in between
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
