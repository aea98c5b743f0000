"""The steps of unlocking, as plain values: what the light does, for how long, and what that is for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.timing import Timing


class Phase(StrEnum):
    """Where unlocking stands, as a person is told."""

    LOOK = "look"
    """Looking at a telegram: where power is shown there is nothing to do."""
    SETTLE = "settle"
    WAKE = "wake"
    DIGITS = "digits"
    WALK = "walk"
    CONFIRM = "confirm"
    """Waiting for a person to say what the display shows."""
    PRESS = "press"
    VERIFY = "verify"
    WATCH = "watch"
    """Watching without light whether it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Light or darkness for a while."""

    light: bool
    seconds: float
    phase: Phase
    digit: int | None = None
    """Which digit of the PIN it belongs to, 1 to 4."""


def entry(timing: Timing, pin: Pin) -> list[Step]:
    """All steps from darkness to behind the last digit."""
    steps = [Step(light=False, seconds=timing.settle, phase=Phase.SETTLE)]
    for _ in range(timing.wake_pulses):
        steps.append(Step(light=True, seconds=timing.wake_on, phase=Phase.WAKE))
        steps.append(Step(light=False, seconds=timing.wake_off, phase=Phase.WAKE))
    for number, digit in enumerate(pin.digits, start=1):
        steps += _pulses(timing, digit or timing.zero_pulses, phase=Phase.DIGITS, digit=number)
        steps.append(Step(light=False, seconds=timing.digit_pause, phase=Phase.DIGITS, digit=number))
    return steps


def walk(timing: Timing, *, two_way: bool) -> list[Step]:
    """The short pulses from the first item of the menu to InF; what stands there is for a person to say."""
    count = timing.walk_two_way if two_way else timing.walk_one_way
    return [*_pulses(timing, count, phase=Phase.WALK), Step(light=False, seconds=timing.digit_off, phase=Phase.WALK)]


def press(timing: Timing) -> list[Step]:
    """The long press."""
    return [Step(light=True, seconds=timing.long_on, phase=Phase.PRESS)]


def duration(steps: Sequence[Step]) -> float:
    return sum(step.seconds for step in steps)


def _pulses(timing: Timing, count: int, *, phase: Phase, digit: int | None = None) -> Iterator[Step]:
    for number in range(count):
        if number:
            yield Step(light=False, seconds=timing.digit_off, phase=phase, digit=digit)
        yield Step(light=True, seconds=timing.digit_on, phase=phase, digit=digit)
