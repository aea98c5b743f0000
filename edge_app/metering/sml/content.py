"""What stands inside an SML telegram, as a reading; smllib takes the bytes apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast

from smllib.errors import SmlLibException
from smllib.sml import SmlBaseObj, SmlGetListResponse, SmlOpenResponse

from edge_app.errors import TelegramError
from edge_app.metering.sml import crc
from edge_app.metering.sml.builders import CONTEXTS, Entry, Frame
from edge_app.metering.units import SML_UNITS, to_quantity
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, Obis
from edge_app.model.reading import Layout, Quantity, Reading

MAKER_EDL = Obis("8181c78203ff")
"""129-129:199.130.3*255, the maker's letters in the EDL layout."""
MAKER_104 = Obis("010060320101")
"""1-0:96.50.1*1, the same in the layout of SML 1.04."""
EXPORTING_104 = 0x800
"""Bit 11 of the status word in the 1.04 layout: feeding in, in total."""

_ESCAPED = b"\x1b" * 8


def read(data: bytes) -> Reading:
    """Take a whole telegram apart, start and end included.

    Raises TelegramError: `checksum` where that of a message does not fit, `content` where the structure is no SML.
    """
    rule = crc.fitting(data[:-2], data[-2:])
    if rule is None:
        raise TelegramError("checksum", "the checksum of the telegram does not fit")
    fill = data[-3]
    payload = data[8 : len(data) - 8 - fill].replace(_ESCAPED, _ESCAPED[:4])
    try:
        messages = Frame(payload, build_ctx=CONTEXTS[rule]).parse_frame()
    except (SmlLibException, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as e:
        # smllib meets what it did not expect with whichever error comes first.
        raise TelegramError("content", f"not understood as SML: {e}") from e
    return _reading([message.message_body for message in messages])


def _reading(bodies: list[SmlBaseObj]) -> Reading:
    server_id = identification = ""
    entries: dict[Obis, Entry] = {}
    for body in bodies:
        if isinstance(body, SmlOpenResponse):
            identification = _hex(body.req_file_id)
        if isinstance(body, SmlOpenResponse | SmlGetListResponse):
            server_id = _hex(body.server_id) or server_id
        if isinstance(body, SmlGetListResponse):
            for code, entry in _named(cast("tuple[Entry, ...]", body.val_list)):
                entries.setdefault(code, entry)
    texts = {code: bytes.fromhex(entry.value) for code, entry in entries.items() if isinstance(entry.value, str)}
    numbers = {code: entry for code, entry in entries.items() if _whole(entry.value) is not None}
    maker = texts.get(MAKER_EDL, texts.get(MAKER_104, b"")).decode("ascii", errors="replace")
    status = _status(entries)
    if maker == "DZG" and POWER in numbers and status is not None and not status & EXPORTING_104:
        numbers[POWER] = _unsigned(numbers[POWER])
    return Reading(
        server_id=server_id,
        registers={code: _quantity(entry) for code, entry in numbers.items()},
        texts=texts,
        maker=maker,
        layout=Layout.EDL if MAKER_EDL in texts else Layout.SML_104 if MAKER_104 in texts else Layout.UNKNOWN,
        identification=identification,
        status=status,
    )


def _named(entries: Iterable[Entry]) -> Iterator[tuple[Obis, Entry]]:
    """The entries with a name of six bytes and a value; the others say nothing."""
    for entry in entries:
        if isinstance(entry.name, str) and len(entry.name) == 12 and entry.value is not None:
            yield Obis(entry.name), entry


def _quantity(entry: Entry) -> Quantity:
    number = Decimal(_whole(entry.value) or 0).scaleb(_whole(entry.scaler) or 0)
    return to_quantity(number, SML_UNITS.get(_whole(entry.unit) or 0))


def _status(entries: Mapping[Obis, Entry]) -> int | None:
    """The status word; it stands with the energy, and says the same wherever else it stands."""
    words = {code: word for code, entry in entries.items() if (word := _whole(entry.status)) is not None}
    return words.get(ENERGY_IN, words.get(ENERGY_OUT, next(iter(words.values()), None)))


def _unsigned(entry: Entry) -> Entry:
    """A DZG DVS74 sends an unsigned power as a signed integer: -299.12 W in 16 bits while drawing is +356.24 W."""
    value = _whole(entry.value) or 0
    return replace(entry, value=value % (1 << 8 * entry.width))


def _whole(field: object) -> int | None:
    return field if isinstance(field, int) and not isinstance(field, bool) else None


def _hex(field: object) -> str:
    return field if isinstance(field, str) else ""
