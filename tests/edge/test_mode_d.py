"""Mode D telegrams have no checksum: what does not look right in every way is not believed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.errors import TelegramError
from edge_app.metering import mode_d
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER, Obis
from edge_app.model.reading import Layout
from edge_app.model.telegram import Chunk, Damage, Telegram

LINES = (
    "/EBZ5DD32R06ETA_107",
    "",
    "1-0:0.0.0*255(1EBZ0100000001)",
    "1-0:96.1.0*255(1EBZ0100000001)",
    "1-0:1.8.0*255(003699.65305306*kWh)",
    "1-0:2.8.0*255(004748.76702794*kWh)",
    "1-0:16.7.0*255(-000116.77*W)",
    "1-0:96.5.0*255(001C0904)",
    "!",
)
TELEGRAM = "\r\n".join(LINES).encode()


def even(data: bytes) -> bytes:
    """Characters with their parity in bit 7, as 7E1 looks when it is read as 8N1."""
    return bytes(byte | (byte.bit_count() % 2) << 7 for byte in data)


def heard(*pieces: bytes) -> list[Telegram | Damage]:
    cutter = mode_d.cutter()
    found: list[Telegram | Damage] = []
    for piece in pieces:
        found += cutter.feed(Chunk(data=piece, at=datetime(2026, 11, 24, 10, 15, tzinfo=UTC)))
    return found + list(cutter.close())


def kinds(*pieces: bytes) -> list[str]:
    return [found.kind if isinstance(found, Damage) else "whole" for found in heard(*pieces)]


def with_energy(kwh: str) -> bytes:
    return TELEGRAM.replace(b"003699.65305306", kwh.encode()) + b"\r\n"


def test_every_digit_arrives() -> None:
    reading = mode_d.read(TELEGRAM)
    assert reading.server_id == "1EBZ0100000001"
    assert (reading.maker, reading.layout, reading.status) == ("EBZ", Layout.MODE_D, 0x1C0904)
    assert reading.identification == "EBZ5DD32R06ETA_107"
    assert {str(code): (str(q.value), q.unit) for code, q in reading.registers.items()} == {
        str(ENERGY_IN): ("3699.65305306", "kWh"),
        str(ENERGY_OUT): ("4748.76702794", "kWh"),
        str(POWER): ("-0.11677", "kW"),
    }


def test_the_empty_line_may_be_missing_and_codes_may_end_in_255() -> None:
    reading = mode_d.read(b"/ESY5Q3DA1024 V3.03\r\n1-0:1.7.255*255(000247.37*W)\r\n!")
    assert reading.registers[Obis.parse("1.7.255")].value == Decimal("0.24737")


@given(st.integers(1, 40), st.booleans())
def test_it_is_found_in_pieces_of_any_size_with_and_without_parity(size: int, parity: bool) -> None:
    data = (even(TELEGRAM) if parity else TELEGRAM) + (even(b"\r\n") if parity else b"\r\n")
    stream = data * 2
    (first, second) = heard(*(stream[n : n + size] for n in range(0, len(stream), size)))
    assert isinstance(first, Telegram)
    assert isinstance(second, Telegram)
    assert mode_d.read(first.data) == mode_d.read(TELEGRAM)


@given(st.integers(0, len(TELEGRAM) - 1), st.integers(0, 7))
def test_a_flipped_bit_in_a_line_with_parity_is_never_believed(place: int, bit: int) -> None:
    damaged = bytearray(even(TELEGRAM + b"\r\n"))
    damaged[place] ^= 1 << bit
    assert "whole" not in kinds(bytes(damaged))


def test_a_stream_that_begins_in_the_middle_waits_for_the_next_slash() -> None:
    assert kinds(TELEGRAM[40:] + b"\r\n" + TELEGRAM) == ["whole"]


def test_a_slash_inside_a_line_begins_anew() -> None:
    assert kinds(TELEGRAM[:60] + TELEGRAM + b"\r\n") == ["truncated", "whole"]


def test_the_end_of_the_stream_cuts_a_telegram_off() -> None:
    assert kinds(TELEGRAM[:60]) == ["truncated"]
    assert kinds(b"no telegram at all / neither") == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"/EBZ5DD3", b"/eb!5DD3"),
        (b"003699.65305306*kWh", b"003699.65305306*kWH"),
        (b"003699.65305306*kWh", b"0036a9.65305306*kWh"),
        (b"003699.65305306*kWh", b"003699,65305306*kWh"),
        (b"(004748", b"004748"),
        (b"1-0:2.8.0*255", b"1-0:2.8.0*256"),
        (b"1-0:2.8.0*255", b"1-0:1.8.0*255"),
        (b"1-0:2.8.0*255", b"1-0 2.8.0*255"),
        (b"(001C0904)", b"(001C0904"),
    ],
)
def test_a_line_out_of_form_spoils_the_telegram(there: bytes, instead: bytes) -> None:
    assert "whole" not in kinds(TELEGRAM.replace(there, instead, 1) + b"\r\n")


def test_a_telegram_of_texts_alone_says_nothing() -> None:
    with pytest.raises(TelegramError, match="not one register holds a number"):
        mode_d.read(b"/EBZ5DD3\r\n\r\n1-0:0.0.0*255(1EBZ0100000001)\r\n!")


def test_energy_that_falls_is_not_believed() -> None:
    assert kinds(with_energy("003700.0"), with_energy("003699.9"), with_energy("003700.1")) == [
        "whole",
        "implausible",
        "whole",
    ]


def test_energy_that_stays_fallen_is_another_truth_after_one_refusal() -> None:
    assert kinds(with_energy("003700.0"), with_energy("000000.1"), with_energy("000000.2")) == [
        "whole",
        "implausible",
        "whole",
    ]


def test_a_telegram_without_an_end_is_given_up() -> None:
    line = b"1-0:1.8.0*255(003699.65305306*kWh)\r\n"
    assert kinds(b"/EBZ5DD32R06ETA_107\r\n" + line * 200, b"\r\n" + TELEGRAM) == ["length", "whole"]
