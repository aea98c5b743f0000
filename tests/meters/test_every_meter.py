"""One suite for every plugin of the catalogue; `-k MT681` picks one."""

from dataclasses import replace
from operator import attrgetter

import pytest

from edge_app.metering import Meter
from edge_app.metering.profile import NumberEntry, profile
from edge_app.model.reading import Reading
from tests.meters.hearing import EXAMPLES, MODELS, believed, telegram_of, telegrams

ALIKE = {"MT681", "MT175"}
"""Models that no telegram tells apart."""


def reading_of(meter: type[Meter], data: bytes) -> Reading:
    (telegram,) = telegrams(data)
    return meter().read(telegram)


@pytest.mark.parametrize("meter", MODELS.values(), ids=attrgetter("model"))
class TestEveryMeter:
    def test_reads_what_its_profile_says(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            reading = reading_of(meter, telegram_of(example))
            sent = {entry.code for entry in example.state.entries if isinstance(entry, NumberEntry)}
            for code, quantity in example.readings.items():
                assert reading.registers[code] == quantity, (example.note, code)
            for code in sent - example.readings.keys():
                if reading.registers[code].unit:
                    assert not reading.registers[code].value, (example.note, code)
            assert reading.registers.keys() == sent | example.readings.keys(), example.note

    def test_shows_power_when_unlocked_and_none_when_locked(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            reading = reading_of(meter, telegram_of(example))
            assert reading.unlocked is (example.state is example.variant.unlocked), example.note

    def test_promises_the_registers_that_it_shows(self, meter: type[Meter]) -> None:
        its = profile(meter)
        for example in its.examples:
            if example.variant is its.variant():
                shown = reading_of(meter, telegram_of(example)).registers.keys()
                if example.state is example.variant.unlocked:
                    assert meter.unlocked <= shown, example.note
                else:
                    assert shown & meter.unlocked <= meter.locked, example.note

    def test_recognises_its_own_telegrams(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            assert meter().recognises(reading_of(meter, telegram_of(example))), example.note

    def test_recognises_no_other_models_telegrams(self, meter: type[Meter]) -> None:
        for other, example in EXAMPLES:
            if other is not meter and {meter.model, other.model} != ALIKE:
                assert not meter().recognises(reading_of(other, telegram_of(example))), (other.model, example.note)

    def test_refuses_a_telegram_of_which_one_byte_is_damaged(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            whole = telegram_of(example)
            for place in range(len(whole.rstrip(b"\r\n\x8d"))):
                damaged = bytearray(whole)
                damaged[place] ^= 1 << place % 8
                assert not believed(bytes(damaged)), (example.note, place)

    def test_its_telegrams_are_as_long_as_the_real_ones(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            of_zeros = replace(example, readings={}, feeding=False)
            assert len(telegram_of(of_zeros)) == example.state.length, example.note

    def test_is_heard_the_same_in_pieces_of_any_size(self, meter: type[Meter]) -> None:
        for example in profile(meter).examples:
            stream = telegram_of(example) * 3
            assert believed(stream, step=1) == believed(stream, step=7) == believed(stream), example.note
            assert len(believed(stream)) == 3, example.note

    def test_has_an_example_of_every_state_of_every_variant(self, meter: type[Meter]) -> None:
        its = profile(meter)
        shown = {(example.variant.name, example.state) for example in its.examples}
        for variant in its.variants.values():
            assert {state for name, state in shown if name == variant.name} == {variant.unlocked, variant.locked} - {
                None
            }

    def test_its_lines_fit_the_protocols_of_its_variants(self, meter: type[Meter]) -> None:
        for variant in profile(meter).variants.values():
            assert str(meter().line(variant.protocol)) == {"sml": "9600 8N1", "d0": "9600 7E1"}[variant.protocol]
