"""A draft of a profile, drawn from a telegram of mode D: its identification line, and its entries line by line."""

import re
from collections.abc import Iterator

from edge_app.kit.draft import SERIAL, Draft, energies_in, is_feeding, of_first, power_in, status_words, worked_out
from edge_app.kit.draft_entries import FED_BY, Fields, readings_in
from edge_app.metering.derive import complete
from edge_app.metering.ear import read
from edge_app.metering.mode_d.content import STATUS, lines_of
from edge_app.metering.profile import UNITS, Feed
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram

_NUMBER = re.compile(r"-?(?P<whole>\d+)(?:\.(?P<places>\d+))?\*(?P<unit>\S+)")
_CLOCKS = frozenset({Obis.parse("0-0:96.8.0"), Obis.parse("1-0:96.8.0")})
"""Where a meter prints the seconds of its life, in hexadecimal."""


def drawn(first: Telegram, *, every: float, source: str) -> Draft:
    """What a telegram tells, which is not damaged."""
    reading = complete(read(first))
    digits = re.search(r"\d{8}$", reading.server_id)
    readings = readings_in(reading)
    entries = tuple(_entries(first, reading, digits[0] if digits else ""))
    unlocked, locked = of_first(reading, entries=entries, readings=readings, source=source)
    word = next((reading.texts[code] for code in STATUS if code in reading.texts), b"")
    return Draft(
        maker=reading.maker,
        layout=reading.layout,
        protocol="d0",
        source=source,
        every=every,
        serial=int(digits[0]) if digits else SERIAL,
        head={"identification": reading.identification},
        status=status_words(reading, width=max(len(word) // 2, 1)),
        feeding=is_feeding(reading),
        unlocked=unlocked,
        locked=locked,
        energies=energies_in(reading),
        power=power_in(reading),
        worked_out=worked_out(reading),
        heard=readings,
    )


def _entries(telegram: Telegram, reading: Reading, digits: str) -> Iterator[Fields]:
    """The lines of a telegram, as a profile writes them; `digits` are those that tell the meter from its like."""
    for code, content in lines_of(telegram.data):
        number = _NUMBER.fullmatch(content)
        if number is None:
            yield {"code": code.dotted, "text": _text(code, content, reading, digits)}
        elif number["unit"] in UNITS:
            yield {
                "code": code.dotted,
                "feed": str(FED_BY.get(code, Feed.NOTHING)),
                "unit": number["unit"],
                "scaler": -len(number["places"] or ""),
                "width": len(number["whole"]),
            }


def _text(code: Obis, content: str, reading: Reading, digits: str) -> str:
    if reading.status is not None and code in STATUS and len(content) % 2 == 0:
        return "{status}"
    if code in _CLOCKS and len(content) == 8:
        return "{seconds}"
    return content.replace(digits, "{serial}") if digits else content
