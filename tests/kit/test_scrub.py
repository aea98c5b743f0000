"""Scrubbing: no number of a meter survives, every register stays, every telegram stays valid."""

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_app.errors import TelegramError
from edge_app.kit import sml_tree
from edge_app.kit.disguise import Disguise
from edge_app.kit.scrub import scrub
from edge_app.kit.scrub_sml import identifies
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.recording import Recording
from edge_app.metering.probe.recording import load as recording_of
from edge_app.metering.profile import Variant, profile
from edge_app.metering.sml import crc
from edge_app.model.obis import Obis
from edge_app.model.reading import Reading
from edge_app.simulator import sml_writer
from edge_app.simulator.sml_writer import Integer
from tests.kit.recorded import readings, recording, spoken, telegrams

MODELS = load().models
VARIANTS = [variant for meter in MODELS.values() for variant in profile(meter).variants.values()]
MT681 = profile(MODELS["MT681"]).variant()
DD3 = profile(MODELS["DD3"]).variant("mode_d")
CAPTURES = Path(__file__).parents[3] / "shared" / "captures"


def numbers(reading: Reading) -> set[bytes]:
    """Everything in a telegram that tells which meter it is, in each form."""
    named = {text for code, text in reading.texts.items() if identifies(code) or code.hex == "8181c78205ff"}
    named.add(reading.server_id.encode())
    try:
        server_id = bytes.fromhex(reading.server_id)
    except ValueError:
        return named
    serial = server_id[-4:]
    return named | {server_id, serial, f"{int.from_bytes(serial, 'big'):08d}".encode()}


def values(reading: Reading) -> object:
    return [(code, quantity) for code, quantity in reading.registers.items() if not identifies(code)], reading.status


def seven_bits(data: bytes) -> bytes:
    return bytes(byte & 0x7F for byte in data)


@settings(max_examples=30, deadline=None)
@given(
    variant=st.sampled_from(VARIANTS),
    seeds=st.lists(st.integers(1, 99_999), min_size=1, max_size=3, unique=True),
    full=st.booleans(),
    parity=st.booleans(),
    size=st.integers(1, 600),
    noise=st.binary(max_size=40).filter(lambda data: b"\x1b" not in data and b"/" not in data and b"\xaf" not in data),
)
def test_no_number_survives_and_every_register_stays(
    variant: Variant, seeds: list[int], full: bool, parity: bool, size: int, noise: bytes
) -> None:
    sent = [each for seed in seeds for each in spoken(variant, seed=seed, count=2, full=full, parity=parity)]
    true = recording([noise, *sent, sent[0][: len(sent[0]) // 2]], size=size)
    scrubbed = scrub(true, random.Random(4))

    before, after = readings(telegrams(true)), readings(telegrams(scrubbed.recording))
    assert len(after) == len(before) == scrubbed.telegrams == 2 * len(seeds)
    assert [values(reading) for reading in after] == [values(reading) for reading in before]
    assert [reading.maker for reading in after] == [reading.maker for reading in before]
    assert [reading.texts.keys() for reading in after] == [reading.texts.keys() for reading in before]
    left = seven_bits(scrubbed.recording.data) if variant.protocol == "d0" else scrubbed.recording.data
    for reading in before:
        assert [number for number in numbers(reading) if number and number in left] == []
    assert len({reading.server_id for reading in after}) == len(seeds), "a meter stays one meter, and two stay two"
    assert scrubbed.recording.scrubbed


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_every_model_is_still_recognised(variant: Variant) -> None:
    true = recording(spoken(variant, seed=7, count=1))
    ((before,), (after,)) = (readings(telegrams(each)) for each in (true, scrub(true, random.Random(1)).recording))
    for meter in MODELS.values():
        assert meter().recognises(after) is meter().recognises(before)


def test_moments_stay_what_they_were() -> None:
    sent = spoken(MT681, seed=1, count=3)
    true = recording([sent[0][200:], *sent], size=50)
    after = scrub(true, random.Random(1)).recording
    assert len(after.data) == len(true.data) - len(sent[0][200:])
    assert after.pieces[0].seconds == 0.0
    assert after.pieces[-1].seconds == pytest.approx(true.pieces[-1].seconds - (len(sent[0][200:]) // 50) * 0.05)
    assert max(len(piece.data) for piece in after.pieces) == 50


def test_twice_the_same_recording_gives_other_numbers_each_time() -> None:
    true = recording(spoken(MT681, seed=1, count=1))
    first, second = (readings(telegrams(scrub(true, random.Random(seed)).recording))[0] for seed in (1, 2))
    assert first.server_id != second.server_id


def test_what_is_not_whole_is_left_out() -> None:
    sent = spoken(MT681, seed=1, count=2)
    damaged = bytearray(sent[0])
    damaged[100] ^= 1
    scrubbed = scrub(recording([bytes(damaged), sent[1]]), random.Random(1))
    assert (scrubbed.telegrams, scrubbed.left_out) == (1, len(damaged))
    nothing = scrub(recording([bytes(damaged)]), random.Random(1))
    assert (nothing.telegrams, nothing.recording.pieces) == (0, ())


def sml_telegram(
    entries: list[sml_writer.Value],
    *,
    server_id: bytes = b"\x0a\x01SBY\x00\x01\x23\x45\x67",
    rule: crc.Rule = crc.x25,
    short: bool = False,
    signature: bytes | None = None,
    kind: int = sml_writer.LIST_RESPONSE,
) -> bytes:
    """A telegram of a maker that nobody knows."""
    opening = (None, None, b"\x01\x23\x45\x67", server_id, None, None)
    listing = (None, server_id, None, None, entries, signature, None)
    bodies = ((sml_writer.OPEN_RESPONSE, opening), (kind, listing), (sml_writer.CLOSE_RESPONSE, (signature,)))
    messages = b"".join(
        sml_writer.message(bytes([number]), Integer(each, 2), body, checksum=rule, short=short)
        for number, (each, body) in enumerate(bodies)
    )
    return sml_writer.frame(messages, checksum=rule)


def entry(code: str, value: sml_writer.Value, *, signature: bytes | None = None) -> sml_writer.Value:
    number = isinstance(value, Integer)
    unit, scaler = (Integer(30), Integer(-1, signed=True)) if number else (None, None)
    return (bytes.fromhex(Obis.parse(code).hex), None, None, unit, scaler, value, signature)


ENERGY = entry("1-0:1.8.0", Integer(47_110_815, 8))


class TestPlaces:
    def test_a_number_is_found_wherever_else_it_stands(self) -> None:
        true = sml_telegram([ENERGY, entry("0-0:96.13.0", b"meter 19088743, cellar")])
        (reading,) = readings(telegrams(scrub(recording([true]), random.Random(1)).recording))
        assert reading.identification != "01234567"
        assert reading.identification == reading.server_id[-8:]
        said = reading.texts[Obis.parse("0-0:96.13.0")]
        assert said == b"meter %08d, cellar" % int(reading.server_id[-8:], 16)

    def test_a_telegram_in_which_a_counter_happens_to_show_the_number_is_left_out(self) -> None:
        true = sml_telegram([entry("1-0:1.8.0", Integer(0x0123_4567, 8))])
        assert scrub(recording([true]), random.Random(1)).telegrams == 0

    def test_a_number_that_is_no_text_is_made_up_too(self) -> None:
        true = sml_telegram([ENERGY, entry("1-0:0.0.0", Integer(4711, 4))])
        after = scrub(recording([true]), random.Random(1))
        ((reading,), code) = readings(telegrams(after.recording)), Obis.parse("1-0:0.0.0")
        assert reading.registers[code].value * 10_000 != 4711

    def test_keys_and_signatures_are_made_up(self) -> None:
        key, signature = bytes(range(32, 80)), bytes(range(100, 140))
        true = sml_telegram(
            [entry("1-0:1.8.0", Integer(1, 8), signature=signature[::-1]), entry("129-129:199.130.5", key)],
            signature=signature,
        )
        after = scrub(recording([true]), random.Random(1))
        assert after.telegrams == 1
        assert not [secret for secret in (key, signature, signature[::-1]) if secret in after.recording.data]

    def test_a_message_of_another_kind_is_left_out(self) -> None:
        assert scrub(recording([sml_telegram([ENERGY], kind=0x0501)]), random.Random(1)).telegrams == 0

    @pytest.mark.parametrize("short", [False, True])
    @pytest.mark.parametrize("rule", [crc.x25, crc.kermit])
    def test_checksums_stay_of_the_meters_own_kind(self, rule: crc.Rule, short: bool) -> None:
        for number in range(0x0100_0000, 0x0100_0200):  # among so many, checksums begin with a zero
            true = sml_telegram(
                [ENERGY], server_id=b"\x0a\x01SBY\x00" + number.to_bytes(4, "big"), rule=rule, short=short
            )
            tree = sml_tree.parse(true)
            assert tree.encode() == true
            tree.messages[1].transaction.content = b"\x77"
            (telegram,) = telegrams(recording([tree.encode()]))
            assert readings([telegram])
            assert sml_tree.parse(telegram.data).rule is rule

    def test_mode_d_is_scrubbed_in_its_first_line_too(self) -> None:
        sent = spoken(DD3, seed=1, count=1, parity=False)[0]
        (reading,) = readings(telegrams(recording([sent])))
        named = sent.replace(b"_107", b"(" + reading.server_id[-8:].encode())
        after = scrub(recording([named]), random.Random(1))
        assert after.telegrams == 1
        assert reading.server_id[-8:].encode() not in after.recording.data

    @pytest.mark.parametrize(
        "messages",
        [b"\x76\x05\x01", b"\x76" + b"\x01" * 6, b"\x62\x01", b"\x76" + b"\x01" * 4 + b"\x71\x01\x00"],
        ids=["it breaks off", "no checksum fits", "no list", "a list where a number should be"],
    )
    def test_a_tree_that_is_none_is_told(self, messages: bytes) -> None:
        with pytest.raises(TelegramError):
            sml_tree.parse(sml_writer.frame(messages))

    def test_an_entry_without_a_name_says_nothing_and_stays(self) -> None:
        true = sml_telegram([ENERGY, (None, None, None, None, None, b"nameless", None)])
        after = scrub(recording([true]), random.Random(1))
        assert after.telegrams == 1
        assert b"nameless" in after.recording.data


class TestDisguise:
    @pytest.mark.parametrize(
        ("true", "form"),
        [
            (b"1EBZ0100731846", rb"1EBZ01\d{8}"),
            (b"1 ESY 11 6014 2734", rb"1 ESY 11 \d{4} \d{4}"),
            (b"02280816", rb"\d{8}"),
            (b"12", rb"\d\d"),
            (b"7", rb"\d"),
            (b"ABC", rb"[A-Z]{3}"),
            (b"0A01454D480000123456", rb"0A01454D4800[0-9A-F]{8}"),
            (b"0a01454d480000123456", rb"0a01454d4800[0-9a-f]{8}"),
            (b"\x0a\x01EMH\x00\x00\x12\x34\x56", rb"(?s)\x0a\x01EMH\x00[\x00-\x05].{3}"),
            (b"\x0a\x01EMH\x00\x05\xff\xff\xff", rb"(?s)\x0a\x01EMH\x00.{4}"),
            (b"\x06ISK\x01\x0e\x12\x34\x56", rb"(?s)\x06ISK\x01.{4}"),
            (b"\x06ISK", rb"(?s).{4}"),
            (b"\x01\xa8\x15\x74\x31\x45\x04\x01\x02", rb"(?s)\x01\xa8\x15.{6}"),
            (b"\x01\x02", rb"(?s).."),
        ],
    )
    def test_every_form_keeps_its_form(self, true: bytes, form: bytes) -> None:
        for seed in range(50):
            made_up = Disguise(random.Random(seed)).name(true)
            assert made_up != true
            assert re.fullmatch(form, made_up)
            assert b"\x1b" not in made_up

    def test_nothing_stays_nothing(self) -> None:
        disguise = Disguise(random.Random(1))
        assert disguise.name(b"") == disguise.key(b"") == b""

    def test_one_number_stays_one_number_in_all_its_forms(self) -> None:
        disguise = Disguise(random.Random(1))
        octets = disguise.name(b"\x0a\x01EMH\x00" + (1_193_046).to_bytes(4, "big"))
        number = int.from_bytes(octets[-4:], "big")
        assert disguise.name(b"1EMH0001193046") == b"1EMH00%08d" % number
        assert disguise.name(b"0A01454D480000123456") == octets.hex().upper().encode()
        assert disguise.name(b"01193046") == b"%08d" % number


@pytest.mark.skipif(not CAPTURES.is_dir(), reason="the folder shared/captures is not beside the project")
@pytest.mark.parametrize(
    "file", sorted(CAPTURES.glob("*.bin")) if CAPTURES.is_dir() else [], ids=lambda file: file.name
)
def test_recordings_of_real_meters_are_scrubbed(file: Path) -> None:
    true = recording_of(file)
    scrubbed = scrub(true, random.Random(1))
    before, after = readings(telegrams(true)), readings(telegrams(scrubbed.recording))
    assert [values(reading) for reading in after] == [values(reading) for reading in before]
    left = seven_bits(scrubbed.recording.data) if ".d0." in file.name else scrubbed.recording.data
    for reading in before:
        assert [number for number in numbers(reading) if len(set(number)) > 3 and number in left] == []


def test_a_recording_that_is_scrubbed_says_so(tmp_path: Path) -> None:
    scrubbed = scrub(recording(spoken(MT681, seed=1, count=1)), random.Random(1)).recording
    (tmp_path / "shared.jsonl").write_text(scrubbed.text())
    assert recording_of(tmp_path / "shared.jsonl").scrubbed
    assert not recording_of(_written(tmp_path, replace(scrubbed, scrubbed=False))).scrubbed


def _written(folder: Path, recorded: Recording) -> Path:
    (folder / "mine.jsonl").write_text(recorded.text())
    return folder / "mine.jsonl"
