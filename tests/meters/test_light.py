"""Light as bytes: pulses are recovered from runs of 00, and lead a display as light itself does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.metering.profile import profile
from edge_app.simulator.display import USUAL, Display, rules
from edge_app.simulator.light import Eye, Light
from tests.meters.hearing import MODELS

BAUDRATE = 9600


def display_of(model: str, *, pin: str = "2107") -> Display:
    its = rules(profile(MODELS[model]), pin=pin, seed=3, setting=USUAL)
    return Display(its, baudrate=BAUDRATE, locked=True)


def test_a_run_is_as_long_as_its_bytes_take() -> None:
    eye = Eye(baudrate=BAUDRATE)
    assert eye.see(bytes(480), 10.0) == [Light(on=True, at=10.0)]
    assert eye.wait(10.4) == []
    assert eye.wait(11.0) == [Light(on=False, at=10.5)]
    assert eye.wait(12.0) == []


@given(st.lists(st.tuples(st.integers(1, 200), st.floats(0, 0.02)), min_size=1, max_size=20))
def test_a_run_in_lumps_is_one_pulse_as_long_as_all_its_bytes(lumps: list[tuple[int, float]]) -> None:
    eye, at, changes = Eye(baudrate=BAUDRATE), 5.0, []
    for count, late in lumps:
        changes += eye.see(bytes(count), at)
        at += count / 960 + late
    changes += eye.wait(at + 1)
    on, off = changes
    assert (on.on, off.on) == (True, False)
    assert off.at - on.at == pytest.approx(sum(count for count, _ in lumps) / 960)


def test_a_gap_of_more_than_30_ms_makes_two_pulses() -> None:
    eye = Eye(baudrate=BAUDRATE)
    changes = eye.see(bytes(96), 0.0) + eye.see(bytes(96), 0.14) + eye.wait(1.0)
    assert [(change.on, round(change.at, 3)) for change in changes] == [
        (True, 0.0),
        (False, 0.1),
        (True, 0.14),
        (False, 0.24),
    ]


def test_how_long_a_gap_may_be_can_be_set() -> None:
    eye = Eye(baudrate=BAUDRATE, gap=0.1)
    assert len(eye.see(bytes(96), 0.0) + eye.see(bytes(96), 0.14) + eye.wait(1.0)) == 2


def test_other_bytes_than_00_are_no_light() -> None:
    eye = Eye(baudrate=BAUDRATE)
    assert eye.see(b"/?!\r\n", 0.0) == []
    assert eye.see(b"\xff\x00\xff", 1.0) == [Light(on=True, at=1.0)]


@pytest.mark.parametrize("by_bytes", [True, False])
def test_a_display_is_led_by_bytes_or_by_light_itself(by_bytes: bool) -> None:
    display, now = display_of("MT681"), 100.0

    def pulse(seconds: float, then: float) -> None:
        nonlocal now
        if by_bytes:
            display.see(bytes(round(seconds * 960)), now)
        else:
            display.light(on=True, at=now)
            display.light(on=False, at=now + seconds)
        now += seconds + then

    assert display.shows == "normal"
    pulse(2.0, 0.7)
    display.full(now)
    assert display.shows == "display test"
    pulse(2.0, 0.6)
    for digit in (2, 1, 10, 7):
        for count in range(digit, 0, -1):
            pulse(0.6, 0.7 if count > 1 else 3.5)
    assert display.full(now)
    assert display.shows == "E"
    display.cut_power()
    assert not display.full(now)


def test_no_pin_stands_in_what_a_display_says_of_itself() -> None:
    assert "2107" not in repr(display_of("MT681").rules)
