"""Answers that are given again for a while, because each of them is reckoned from every household."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

Answer = TypeVar("Answer")


class Reckoned(NamedTuple):
    """An answer, and when it was reckoned."""

    at: datetime
    answer: Any


@dataclass(slots=True)
class Recently(Generic[Answer]):
    """By question, what was answered last."""

    lasts: timedelta
    _kept: dict[Hashable, Reckoned] = field(default_factory=dict)

    async def answer(self, question: Hashable, now: datetime, reckon: Callable[[], Awaitable[Answer]]) -> Answer:
        """What was reckoned not long ago; else it is reckoned now, and kept."""
        kept = self._kept.get(question)
        if kept is None or not kept.at <= now < kept.at + self.lasts:
            kept = self._kept[question] = Reckoned(at=now, answer=await reckon())
        answer: Answer = kept.answer
        return answer
