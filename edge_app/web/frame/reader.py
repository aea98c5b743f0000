"""The reader: their language, and numbers and moments in their way and in this machine's time zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from aiohttp import web
from babel import dates, numbers

from edge_app.web.frame.words import LANGUAGES, catalogue

LANGUAGE_COOKIE = "language"
NOTHING = "–"
_LOCALES = {"de": "de_DE", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads a page, by their language."""

    language: str

    @classmethod
    def of(cls, request: web.Request) -> "Reader":
        """By the switch on the page, else by the first of the two languages that the browser names, else German."""
        wishes = [request.cookies.get(LANGUAGE_COOKIE, "")]
        wishes += [
            wish.split(";")[0].strip().lower()[:2] for wish in request.headers.get("Accept-Language", "").split(",")
        ]
        return cls(next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0]))

    @property
    def locale(self) -> str:
        return _LOCALES[self.language]

    def say(self, name: str, /, **values: object) -> str:
        """A message by its name; one that has two forms is said as `n` wants it."""
        forms = catalogue(self.language)[name]
        form = forms[0] if len(forms) == 1 or values["n"] == 1 else forms[1]
        return form.format(**{key: self._plain(value) for key, value in values.items()})

    def number(self, value: Decimal | float | None, digits: int | None = None) -> str:
        """Grouped, with all its digits or with so many behind the comma; a dash where there is none."""
        if value is None:
            return NOTHING
        if digits is None:
            return numbers.format_decimal(value, locale=self.locale, decimal_quantization=False)
        return numbers.format_decimal(value, f"#,##0.{'0' * digits}" if digits else "#,##0", locale=self.locale)

    def power(self, kilowatts: Decimal | float | None) -> str:
        """Without a sign: the direction is said in words."""
        if kilowatts is None:
            return NOTHING
        watts = abs(Decimal(kilowatts)) * 1000
        return f"{self.number(watts, 0)} W" if watts < 1000 else f"{self.number(watts / 1000, 2)} kW"

    def energy(self, kilowatt_hours: Decimal | float | None, digits: int = 2) -> str:
        return NOTHING if kilowatt_hours is None else f"{self.number(kilowatt_hours, digits)} kWh"

    def size(self, octets: int) -> str:
        return f"{self.number(octets)} B" if octets < 1000 else f"{self.number(octets / 1000, 1)} kB"

    def time(self, at: datetime | None) -> str:
        """The time of day, to the minute."""
        return NOTHING if at is None else dates.format_time(_here(at), "HH:mm", locale=self.locale)

    def day(self, at: date | datetime | None, *, weekday: bool = False) -> str:
        if at is None:
            return NOTHING
        on = _here(at).date() if isinstance(at, datetime) else at
        return dates.format_date(on, "full" if weekday else "long", locale=self.locale)

    def moment(self, at: datetime | None) -> str:
        """Day and time."""
        return self.say("frame.never") if at is None else self.say("frame.moment", day=self.day(at), time=self.time(at))

    def when(self, at: datetime | None, now: datetime) -> str:
        """The time alone where it was today."""
        if at is not None and _here(at).date() == _here(now).date():
            return self.say("frame.at_time", time=self.time(at))
        return self.moment(at)

    def ago(self, span: timedelta) -> str:
        return dates.format_timedelta(-span, add_direction=True, locale=self.locale)

    def month(self, on: date) -> str:
        """The name of a month alone."""
        return dates.format_date(on, "LLLL", locale=self.locale)

    def pattern(self, on: date, skeleton: str) -> str:
        """A date by the parts that are wanted of it, as `yMMMM`."""
        return dates.format_skeleton(skeleton, datetime.combine(on, datetime.min.time()), locale=self.locale)

    def _plain(self, value: object) -> object:
        return self.number(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _here(at: datetime) -> datetime:
    """The same moment by this machine's clock; without its zone, which a format would apply again."""
    return at.astimezone().replace(tzinfo=None)
