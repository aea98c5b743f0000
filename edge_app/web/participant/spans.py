"""Spans of the calendar: a day, week, month or year in this machine's time zone, and the units that one is shown in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Self

from edge_app.web.frame.reader import Reader


class Unit(StrEnum):
    """How much time is shown at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One day, week, month or year, by its first day."""

    unit: Unit
    first: date

    @classmethod
    def around(cls, unit: Unit, on: date) -> Self:
        """The span that a day lies in; weeks begin on Monday."""
        match unit:
            case Unit.DAY:
                first = on
            case Unit.WEEK:
                first = on - timedelta(days=on.weekday())
            case Unit.MONTH:
                first = on.replace(day=1)
            case Unit.YEAR:
                first = on.replace(month=1, day=1)
        return cls(unit=unit, first=first)

    @property
    def following(self) -> Self:
        match self.unit:
            case Unit.DAY:
                step = self.first + timedelta(days=1)
            case Unit.WEEK:
                step = self.first + timedelta(days=7)
            case Unit.MONTH:
                step = self.first + timedelta(days=32)
            case Unit.YEAR:
                step = self.first + timedelta(days=366)
        return self.around(self.unit, step)

    @property
    def before(self) -> Self:
        return self.around(self.unit, self.first - timedelta(days=1))

    @property
    def begin(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.following.first)

    def edges(self, slot: timedelta) -> list[datetime]:
        """Where its rows begin, and its end: slots of a day, days of a week or month, months of a year."""
        if self.unit is Unit.DAY:
            count = (self.end - self.begin) // slot
            return [self.begin + slot * number for number in range(count + 1)]
        part = Unit.MONTH if self.unit is Unit.YEAR else Unit.DAY
        edges, each = [], Span.around(part, self.first)
        while each.first < self.following.first:
            edges.append(each.begin)
            each = each.following
        return [*edges, self.end]

    def name(self, reader: Reader) -> str:
        match self.unit:
            case Unit.DAY:
                return reader.day(self.first, weekday=True)
            case Unit.WEEK:
                last = self.following.first - timedelta(days=1)
                return f"{reader.pattern(self.first, 'MMMMd')} – {reader.day(last)}"
            case Unit.MONTH:
                return reader.pattern(self.first, "yMMMM")
            case Unit.YEAR:
                return str(self.first.year)

    def row_name(self, begin: datetime, reader: Reader) -> str:
        """What a row is called that begins at one of the edges."""
        if self.unit is Unit.DAY:
            return reader.time(begin)
        on = begin.astimezone().date()
        return reader.month(on) if self.unit is Unit.YEAR else reader.pattern(on, "MMMEd")


def midnight(on: date) -> datetime:
    """When a day began here, in UTC."""
    return datetime(on.year, on.month, on.day).astimezone(UTC)  # local midnight is meant
