"""Answers that are given again for a while, because each of them is reckoned from every household."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from aiohttp import web

Answer = TypeVar("Answer")


class Reckoned(NamedTuple):
    """An answer, and when it was reckoned."""

    at: datetime
    answer: Any


@dataclass(slots=True)
class Recently:
    """By question, what was answered last."""

    _kept: dict[Hashable, Reckoned] = field(default_factory=dict)

    async def answer(
        self, question: Hashable, reckon: Callable[[], Awaitable[Answer]], *, now: datetime, lasts: timedelta
    ) -> Answer:
        """What was reckoned not long ago; else it is reckoned now, and kept."""
        kept = self._kept.get(question)
        if kept is None or not kept.at <= now < kept.at + lasts:
            kept = self._kept[question] = Reckoned(at=now, answer=await reckon())
        answer: Answer = kept.answer
        return answer


RECENTLY = web.AppKey("recently", Recently)
