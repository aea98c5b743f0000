"""Answers that are given again for a while, because each of them is reckoned from very many households."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from aiohttp import web

Answer = TypeVar("Answer")


class Reckoned(NamedTuple):
    """An answer, when it was reckoned, and until when it is given again."""

    at: datetime
    until: datetime
    answer: Any


@dataclass(slots=True)
class Recently:
    """By question, what was answered last."""

    _kept: dict[Hashable, Reckoned] = field(default_factory=dict)

    async def answer(
        self,
        question: Hashable,
        reckon: Callable[[], Awaitable[Answer]],
        *,
        now: datetime,
        lasts: timedelta,
        is_worth_it: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """What was reckoned not long ago; else it is reckoned now, and kept if it is worth it."""
        kept = self._kept.get(question)
        if kept and kept.at <= now < kept.until:
            again: Answer = kept.answer
            return again
        answer = await reckon()
        self._kept = {other: each for other, each in self._kept.items() if each.at <= now < each.until}
        if is_worth_it(answer):
            self._kept[question] = Reckoned(at=now, until=now + lasts, answer=answer)
        return answer


RECENTLY = web.AppKey("recently", Recently)
