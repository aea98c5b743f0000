"""The timing of a meter's key: the pulses that enter a PIN, as the table `unlock` of a profile tells them.

Each figure stands there with its source, and each may be set otherwise for a meter that differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.profile import profile
from edge_app.metering.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How light has to come for a meter to understand it; lengths of time in seconds."""

    settle: float
    """Darkness before anything else, in which a menu that was left open closes."""
    wake_pulses: int
    wake_on: float
    wake_off: float
    """Darkness after each pulse that wakes the display."""
    digit_on: float
    digit_off: float
    """Darkness between two pulses of one digit."""
    digit_pause: float
    """Darkness after the last pulse of a digit.

    Longer than what sends the meter to the next digit, and shorter than twice that: by some manuals a second such
    pause counts as a zero.
    """
    zero_pulses: int
    """Pulses for the digit 0. Ten: the counter wraps from 9, and a zero that is only waited for counts or does not."""
    long_on: float
    """A long press."""
    walk_one_way: int
    """Short pulses from the first item of the menu to InF on a meter that counts one direction; 0 where not needed."""
    walk_two_way: int
    """The same on a meter that counts both directions."""
    keep_alive_on: float
    keep_alive_every: float
    """Pulses that keep a full telegram coming where it would last for two minutes only."""

    @property
    def walks(self) -> bool:
        """Whether the PIN alone does not lengthen the telegram, and the menu has to be walked to InF."""
        return self.walk_one_way > 0

    def with_overrides(self, overrides: Mapping[str, float]) -> Self:
        """Set some figures otherwise. Raises ConfigError for a name that is none, or a figure that cannot be."""
        for name, value in overrides.items():
            if name not in NAMES:
                raise ConfigError(f"unlock: {name} is no timing (expected one of {', '.join(sorted(NAMES))})")
            if not 0 <= value <= 600 or (name in COUNTS and value != int(value)):
                expected = "a whole number" if name in COUNTS else "seconds"
                raise ConfigError(f"unlock: {name} = {value} cannot be (expected {expected}, from 0 to 600)")
        return replace(self, **_typed(overrides))


NAMES = frozenset(field.name for field in fields(Timing))
COUNTS = frozenset({"wake_pulses", "zero_pulses", "walk_one_way", "walk_two_way"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of a profile, with where it comes from."""

    value: float
    source: str


def figures(meter: type[object]) -> dict[str, Figure]:
    """The figures of the profile beside a plugin. Raises PluginError; for a meter without a PIN there are none."""
    table = profile(meter).table("unlock")
    if table is None:
        return {}
    found = {name: _figure(table.table(name)) for name in table}
    table.close()
    differing = NAMES ^ found.keys()
    if differing:
        raise PluginError(f"{table.where}: missing, or not known here: {', '.join(sorted(differing))}")
    return found


def timing(meter: type[object]) -> Timing | None:
    """The timing of a model; None where no PIN is known to be entered by light. Raises PluginError."""
    found = figures(meter)
    if not found:
        return None
    return Timing(**_typed({name: figure.value for name, figure in found.items()}))


def _typed(values: Mapping[str, float]) -> dict[str, Any]:
    return {name: int(value) if name in COUNTS else float(value) for name, value in values.items()}


def _figure(table: Table) -> Figure:
    figure = Figure(value=table.number("value", most=600), source=table.text("source"))
    table.close()
    return figure
