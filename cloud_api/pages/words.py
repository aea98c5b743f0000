"""What the pages say, in German and English: Babel catalogues, and how numbers and moments are written.

English is what stands in the templates; German is read from catalogue/*.de.po, one for each room of the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from cloud_api.ledger.showing import percent

LANGUAGES = {"de": "Deutsch", "en": "English"}
LANGUAGE_COOKIE = "__Host-language"
ZONE: tzinfo = ZoneInfo("Europe/Berlin")
"""Where the survey is; the Data API speaks UTC."""
_LOCALES = {"de": "de_DE", "en": "en_GB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language: its sentences, numbers and moments."""

    language: str
    translations: NullTranslations

    def say(self, text: str, /, **values: object) -> str:
        """A sentence of the catalogue, with its values."""
        said = str(self.translations.ugettext(text))
        return said % values if values else said

    def number(self, value: float, digits: int = 3) -> str:
        return format_decimal(value, f"#,##0.{'#' * digits}" if digits else "#,##0", locale=_LOCALES[self.language])

    def percent(self, value: float) -> str:
        """To a tenth, and rounded down."""
        pattern = "#,##0.#\N{NO-BREAK SPACE}%" if self.language == "de" else "#,##0.#%"
        return format_percent(percent(value) / 100, pattern, locale=_LOCALES[self.language])

    def moment(self, at: datetime | None) -> str:
        """In the survey's own time; a dash where there is none."""
        if at is None:
            return "–"
        pattern = "d. MMM yyyy, HH:mm" if self.language == "de" else "d MMM yyyy, HH:mm"
        return format_datetime(at.astimezone(ZONE), pattern, locale=_LOCALES[self.language])

    def day(self, day: date | None) -> str:
        return "–" if day is None else format_date(day, "long", locale=_LOCALES[self.language])


def words(request: web.Request) -> Words:
    """The reader's language: the one that was chosen, else the first of ours that the browser names, else German."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    wishes = [wish.split(";")[0].strip().lower()[:2] for wish in request.headers.get("Accept-Language", "").split(",")]
    return of(next((wish for wish in (chosen, *wishes) if wish in LANGUAGES), "de"))


@cache
def of(language: str) -> Words:
    translations = NullTranslations() if language == "en" else _read(language)
    return Words(language=language, translations=translations)


def speaking(language: str) -> Callable[..., str]:
    """Who says the sentences of a language."""
    return of(language).say


def _read(language: str) -> Translations:
    """All catalogues of a language as one."""
    whole = Catalog(locale=language)
    for file in sorted(files("cloud_api.pages").joinpath("catalogue").iterdir(), key=lambda file: file.name):
        if file.name.endswith(f".{language}.po"):
            for message in read_po(BytesIO(file.read_bytes()), locale=language, abort_invalid=True):
                if message.id:
                    whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)
