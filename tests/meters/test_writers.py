"""What the writers write, the readers read: property tests over values, streams and their pieces."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_app.metering import Obis, Quantity, mode_d, sml
from edge_app.metering.sml import crc
from edge_app.model.telegram import Chunk, Telegram
from edge_app.simulator import mode_d_writer, sml_writer
from edge_app.simulator.sml_writer import Integer, Value
from tests.meters.hearing import NOON, believed

CODES = st.binary(min_size=6, max_size=6).map(lambda octets: Obis(octets.hex()))
CHECKSUMS = st.sampled_from([crc.x25, crc.kermit])
ESCAPES = st.lists(st.sampled_from([b"\x1b" * 4, b"\x1b", b"\x01", b"\x1a"]), min_size=1, max_size=12).map(b"".join)
"""Texts that look like the frame around them."""


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    width, signed = draw(st.integers(1, 8)), draw(st.booleans())
    if draw(st.booleans()):
        return Integer(int.from_bytes(b"\x1b" * width, "big"), width, signed)
    bits = 8 * width
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return Integer(draw(st.integers(low, high)), width, signed)


REGISTERS = st.dictionaries(CODES, st.one_of(integers(), ESCAPES, st.binary(min_size=1, max_size=60)), max_size=8)


def telegram(
    registers: dict[Obis, Integer | bytes], *, checksum: Callable[[bytes], bytes] = crc.x25, short: bool = False
) -> bytes:
    entries: Value = [
        (bytes.fromhex(code.hex), None, None, None, Integer(-1, signed=True), value, None)
        for code, value in registers.items()
    ]
    bodies: list[tuple[int, Value]] = [
        (sml_writer.OPEN_RESPONSE, (None, None, b"\x07", b"\x09\x01\x1b\x1b\x1b\x1b", None, None)),
        (sml_writer.LIST_RESPONSE, (None, b"\x09\x01\x1b\x1b\x1b\x1b", None, None, entries, None, None)),
        (sml_writer.CLOSE_RESPONSE, (None,)),
    ]
    messages = b"".join(
        sml_writer.message(b"\x2a", Integer(kind, 2), body, checksum=checksum, short=short) for kind, body in bodies
    )
    return sml_writer.frame(messages, checksum=checksum)


@given(st.lists(REGISTERS, min_size=1, max_size=3), CHECKSUMS, st.booleans(), st.integers(1, 700))
@example([{Obis("0100010800ff"): Integer(0x1B1B1B1B, 4), Obis("0100020800ff"): b"\x1b" * 9}], crc.x25, True, 1)
def test_sml_is_read_as_it_was_written_in_chunks_of_any_size(
    sent: list[dict[Obis, Integer | bytes]], checksum: Callable[[bytes], bytes], short: bool, step: int
) -> None:
    stream = b"".join(telegram(registers, checksum=checksum, short=short) for registers in sent)
    cutter = sml.cutter()
    heard = [
        found
        for begin in range(0, len(stream), step)
        for found in cutter.feed(Chunk(data=stream[begin : begin + step], at=NOON))
    ]
    assert cutter.close() == []
    readings = [sml.read(found.data) for found in heard if isinstance(found, Telegram)]
    assert len(heard) == len(readings) == len(sent)
    for registers, reading in zip(sent, readings, strict=True):
        assert reading.server_id == "09011b1b1b1b"
        assert {code: quantity.value for code, quantity in reading.registers.items()} == {
            code: Decimal(value.value).scaleb(-1) for code, value in registers.items() if isinstance(value, Integer)
        }
        assert reading.texts == {code: value for code, value in registers.items() if isinstance(value, bytes)}


def test_a_checksum_that_begins_with_zero_may_be_one_byte_short() -> None:
    written = {
        sml_writer.message(number.to_bytes(2, "big"), Integer(0x0201, 2), (None,), checksum=crc.x25, short=True)
        for number in range(1000)
    }
    assert {len(message) for message in written} == {len(max(written, key=len)) - 1, len(max(written, key=len))}


def test_an_integer_does_not_fit_into_fewer_octets_than_it_needs() -> None:
    with pytest.raises(OverflowError):
        sml_writer.encode(Integer(256))


NUMBERS = st.dictionaries(
    st.tuples(st.integers(0, 99), st.integers(0, 9)), st.integers(-(10**14), 10**14), min_size=1, max_size=8
)


@given(NUMBERS, st.integers(-8, 0), st.booleans(), st.integers(1, 400))
def test_mode_d_is_read_as_it_was_written_in_chunks_of_any_size(
    sent: dict[tuple[int, int], int], scaler: int, parity: bool, step: int
) -> None:
    stream = mode_d_writer.telegram(
        "ESY5Q3DA1024 V3.03",
        (
            (f"1-0:{c}.7.{e}*255", mode_d_writer.number(integer, scaler=scaler, digits=6, unit="W"))
            for (c, e), integer in sent.items()
        ),
    )
    stream = mode_d_writer.with_even_parity(stream) if parity else stream
    for found in believed(stream * 2, step=step):
        assert found[1].registers == {
            Obis.parse(f"1-0:{c}.7.{e}*255"): Quantity(value=Decimal(integer).scaleb(scaler - 3), unit="kW")
            for (c, e), integer in sent.items()
        }
    assert len(believed(stream * 2, step=step)) == 2


def test_every_character_has_even_parity() -> None:
    sent = mode_d_writer.with_even_parity(bytes(range(128)))
    assert all(byte.bit_count() % 2 == 0 for byte in sent)
    assert bytes(byte & 0x7F for byte in sent) == bytes(range(128))


def test_the_minus_stands_before_the_zeros() -> None:
    assert mode_d_writer.number(-11677, scaler=-2, digits=6, unit="W") == "-000116.77*W"
    assert mode_d_writer.number(4469, scaler=0, digits=6, unit="kWh") == "004469*kWh"
    assert mode_d.name == "d0"
