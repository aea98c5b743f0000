"""A PIN tells itself to nobody, and every figure of a profile has its source."""

import os
from dataclasses import fields
from pathlib import Path

import pytest

from edge_app.errors import ConfigError
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.steps import duration, entry, walk
from edge_app.metering.unlock.timing import NAMES, Timing, figures, timing


def test_four_digits_are_a_pin() -> None:
    assert Pin.parse(" 0907\n").digits == (0, 9, 0, 7)


@pytest.mark.parametrize("text", ["", "123", "12345", "12a4", "１２３４", "1 234", "-123"])
def test_anything_else_is_not_and_is_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Pin.parse(text)
    assert "four digits" in str(caught.value)
    assert not text or text not in str(caught.value)


def test_it_does_not_tell_itself() -> None:
    pin = Pin.parse("0907")
    for told in (repr(pin), str(pin), f"{pin}", f"{pin!r}", repr([pin])):
        assert "0" not in told
        assert "9" not in told


def test_a_file_of_its_owner_is_read(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("0907\n")
    (tmp_path / "pin").chmod(0o600)
    assert Pin.from_file(tmp_path / "pin") == Pin.parse("0907")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    (tmp_path / "pin").write_text("0907\n")
    (tmp_path / "pin").chmod(mode)
    with pytest.raises(ConfigError, match="chmod 600"):
        Pin.from_file(tmp_path / "pin")


@pytest.mark.parametrize("content", [b"no digits", b"\xff\xfe", b""])
def test_a_file_without_a_pin_is_named_and_not_quoted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pin").write_bytes(content)
    os.chmod(tmp_path / "pin", 0o600)  # noqa: PTH101  # as the other way round above
    with pytest.raises(ConfigError, match="pin: a PIN is four digits"):
        Pin.from_file(tmp_path / "pin")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing: cannot be read"):
        Pin.from_file(tmp_path / "nothing")


@pytest.mark.parametrize("model", ["MT681", "MT175", "EHZ", "DD3", "EASY"])
class TestEveryTiming:
    def test_each_figure_has_its_source(self, model: str) -> None:
        found = figures(load().models[model])
        assert found.keys() == NAMES
        assert all(len(figure.source) > 10 for figure in found.values())

    def test_the_menu_has_closed_before_it_begins(self, model: str) -> None:
        assert of(model).settle > 120

    def test_a_zero_is_sent_as_ten_pulses(self, model: str) -> None:
        assert of(model).zero_pulses == 10

    def test_a_pause_goes_to_the_next_digit_and_not_beyond(self, model: str) -> None:
        documented = 2.0 if model == "DD3" else 3.0
        assert documented * 1.2 < of(model).digit_pause < documented * 2 * 0.8

    def test_a_nine_and_a_zero_take_as_long_as_their_pulses(self, model: str) -> None:
        usual = of(model)
        long, short = (duration(entry(usual, Pin.parse(pin))) for pin in ("0000", "1111"))
        assert long - short == pytest.approx(4 * 9 * (usual.digit_on + usual.digit_off))

    def test_only_a_model_whose_pin_is_not_enough_walks(self, model: str) -> None:
        assert of(model).walks is (model in ("DD3", "EASY"))
        pulses = [sum(step.light for step in walk(of(model), two_way=two_way)) for two_way in (False, True)]
        assert pulses == {"DD3": [8, 13], "EASY": [7, 7]}.get(model, [0, 0])


def of(model: str) -> Timing:
    found = timing(load().models[model])
    assert found
    return found


class TestOverrides:
    def test_a_meter_that_differs_is_told_so(self) -> None:
        changed = of("MT681").with_overrides({"digit_on": 0.8, "zero_pulses": 0})
        assert (changed.digit_on, changed.zero_pulses) == (0.8, 0)
        assert changed.wake_on == of("MT681").wake_on

    @pytest.mark.parametrize(
        ("name", "value", "complaint"),
        [
            ("digit", 1, "digit is no timing .expected one of digit_off, digit_on"),
            ("digit_on", -1, "digit_on = -1 cannot be"),
            ("digit_on", 601, "from 0 to 600"),
            ("zero_pulses", 9.5, "expected a whole number"),
            ("digit_on", float("nan"), "cannot be"),
        ],
    )
    def test_what_cannot_be_is_named(self, name: str, value: float, complaint: str) -> None:
        with pytest.raises(ConfigError, match=complaint):
            of("MT681").with_overrides({name: value})

    def test_every_figure_may_be_set(self) -> None:
        for field in fields(Timing):
            assert of("DD3").with_overrides({field.name: 1})
