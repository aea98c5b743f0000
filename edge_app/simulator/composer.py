"""Composes telegrams as a profile describes them: numbers into the entries of a locked or an unlocked meter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge_app.metering.profile import Entry, Feed, ModeDHead, NumberEntry, SmlHead, State, TextEntry, Variant
from edge_app.metering.sml import crc
from edge_app.metering.units import SML_UNITS
from edge_app.model.obis import Obis
from edge_app.simulator import mode_d_writer, sml_writer
from edge_app.simulator.sml_writer import Integer, Value

UNIT_NUMBERS = {unit: number for number, unit in SML_UNITS.items()}
MESSAGES = 3
"""Messages in a telegram; each has a number of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a meter knows of itself when it sends a telegram."""

    variant: Variant
    serial: int
    counter: int
    """How many telegrams it has sent."""
    seconds: int
    """Its clock, counted since it was made."""
    status: int
    """The status word."""


def compose(moment: Moment, state: State, numbers: Mapping[Obis, int]) -> bytes:
    """One telegram; `numbers` are the integers of the registers as sent, zero where there is none."""
    head = moment.variant.head
    if isinstance(head, SmlHead):
        return _sml(moment, head, state, numbers)
    return _mode_d(moment, head, state, numbers)


def _sml(moment: Moment, head: SmlHead, state: State, numbers: Mapping[Obis, int]) -> bytes:
    checksum = crc.kermit if head.kermit else crc.x25
    server_id = octets(head.server_id, moment, head)
    client_id = octets(head.client_id, moment, head) or None
    clock: Value = (Integer(1), Integer(moment.seconds, 4))
    opening = (
        None,
        client_id,
        octets(head.file_id, moment, head),
        server_id,
        clock if head.dated_opening else None,
        Integer(1) if head.dated_opening else None,
    )
    entries = [_sml_entry(entry, moment, head, clock, numbers) for entry in state.entries]
    listing = (client_id, server_id, octets(head.list_name, moment, head) or None, clock, entries, None, None)
    bodies = (
        (sml_writer.OPEN_RESPONSE, opening),
        (sml_writer.LIST_RESPONSE, listing),
        (sml_writer.CLOSE_RESPONSE, (None,)),
    )
    messages = b"".join(
        sml_writer.message(
            octets(head.transaction, moment, head, message=number),
            Integer(kind, head.kind_width),
            body,
            checksum=checksum,
            short=head.short_checksum,
        )
        for number, (kind, body) in enumerate(bodies)
    )
    return sml_writer.frame(messages, checksum=checksum)


def _sml_entry(entry: Entry, moment: Moment, head: SmlHead, clock: Value, numbers: Mapping[Obis, int]) -> Value:
    code = bytes.fromhex(entry.code.hex)
    time = clock if entry.time else None
    if isinstance(entry, TextEntry):
        content = text(entry, moment).encode() or octets(entry.octets, moment, head) or _filler(entry.filler)
        return (code, None, time, None, None, content, None)
    return (
        code,
        Integer(moment.status, moment.variant.status.width) if entry.status else None,
        time,
        None if entry.unit is None else Integer(UNIT_NUMBERS[entry.unit]),
        None if entry.scaler is None else Integer(entry.scaler, signed=True),
        Integer(_integer(entry, moment, numbers), entry.width, entry.signed),
        None,
    )


def _mode_d(moment: Moment, head: ModeDHead, state: State, numbers: Mapping[Obis, int]) -> bytes:
    def lines() -> Iterator[tuple[str, str]]:
        for entry in state.entries:
            a, b, c, d, e, f = entry.code.groups
            code = f"{a}-{b}:{c}.{d}.{e}*{f}"
            if isinstance(entry, TextEntry):
                yield code, text(entry, moment)
            else:
                yield (
                    code,
                    mode_d_writer.number(
                        _integer(entry, moment, numbers),
                        scaler=entry.scaler or 0,
                        digits=entry.width,
                        unit=entry.unit or "",
                    ),
                )

    return mode_d_writer.telegram(head.identification, lines())


def _integer(entry: NumberEntry, moment: Moment, numbers: Mapping[Obis, int]) -> int:
    return moment.status if entry.feed is Feed.STATUS else numbers.get(entry.code, 0)


def octets(template: str, moment: Moment, head: SmlHead, *, message: int = 0) -> bytes:
    """Octets as a profile writes them, the names in braces replaced."""
    serial, digits = f"{moment.serial:08x}", f"{moment.serial:08d}".encode().hex()
    server_id = head.server_id.format(serial=serial, digits=digits)
    counter = f"{(moment.counter * MESSAGES + message) % 2**32:08x}"
    return bytes.fromhex(template.format(serial=serial, digits=digits, server_id=server_id, counter=counter))


def text(entry: TextEntry, moment: Moment) -> str:
    """A text as a profile writes it, the names in braces replaced."""
    return entry.text.format(
        serial=f"{moment.serial:08d}",
        status=f"{moment.status:0{2 * moment.variant.status.width}X}",
        seconds=f"{moment.seconds:08X}",
    )


def _filler(count: int) -> bytes:
    """Octets that stand for a key: none of them means anything."""
    return bytes((37 * place + 11) % 256 for place in range(count))
