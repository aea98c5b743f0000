"""The display of one virtual meter: thresholds of its model, each as this meter happens to have it, and its menu."""

import random
import re
from dataclasses import dataclass, replace
from typing import Literal

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.profile import Profile
from edge_app.metering.table import Table
from edge_app.simulator import menu
from edge_app.simulator.light import Eye, Light
from edge_app.simulator.menu import Rules, State

Zero = Literal["wait", "pulse-only"]
_PIN = re.compile(r"[0-9]{4}")


class Display:
    """Watches the light that comes down the line, and tells whether the meter may say all it knows."""

    def __init__(self, rules: Rules, *, baudrate: int, locked: bool) -> None:
        self.rules = rules
        self.state = State(protected=locked)
        self._eye = Eye(baudrate=baudrate)

    def see(self, data: bytes, at: float) -> None:
        """Take bytes from the line."""
        self._follow(self._eye.see(data, at))

    def light(self, *, on: bool, at: float) -> None:
        """Take light itself, where the probe's LED can be watched."""
        self._follow([Light(on, at)])

    def full(self, at: float) -> bool:
        """Whether the meter sends all that it knows at a moment."""
        self._follow(self._eye.wait(at))
        self.state = menu.waited(self.state, self.rules, at)
        return menu.full(self.state, self.rules)

    @property
    def shows(self) -> str:
        """What somebody in front of the meter reads."""
        if self.state.screen is menu.Screen.MENU:
            return self.rules.menu[self.state.item]
        screen: str = self.state.screen.value
        return screen

    def cut_power(self) -> None:
        self.state = menu.power_cut(self.state)

    def _follow(self, changes: list[Light]) -> None:
        for change in changes:
            react = menu.lit if change.on else menu.dark
            self.state = react(self.state, self.rules, change.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a display differs from what is usual for its model; nothing where it does not."""

    menu: str | None = None
    """Which of the profile's menus it has."""
    zero: Zero | None = None
    stays_open: bool | None = None


USUAL = Setting()


def rules(profile: Profile, *, pin: str | None, seed: int, setting: Setting) -> Rules:
    """How the display of one meter of a model reacts; without a PIN, none is the right one.

    Raises PluginError for a profile that cannot be used, ConfigError for a PIN or a menu that cannot be.
    """
    table = profile.table("display")
    if table is None:
        raise PluginError(f"{profile.file.name}: display is missing (expected a table, since it can be locked)")
    if pin is not None and not _PIN.fullmatch(pin):
        raise ConfigError("a PIN has four digits")
    chance = random.Random(f"display {seed}")  # noqa: S311  # the same meter has the same thresholds each time
    menus = table.table("menus")
    items = {name: menus.words(name) for name in menus}
    if not items or not all(items.values()):
        raise table.error("menus", "at least one menu, each with at least one item", items)
    chosen = next(iter(items)) if setting.menu is None else setting.menu
    if chosen not in items:
        raise ConfigError(f"{profile.file.name} has no menu {chosen!r} (there are {', '.join(items)})")
    taken = Rules(
        pin=pin,
        shortest=_drawn(table, "shortest", chance),
        wake=_drawn(table, "wake", chance) if "wake" in table else 0.0,
        long=_drawn(table, "long", chance),
        pause=_drawn(table, "pause", chance),
        asleep=_drawn(table, "asleep", chance),
        test=_drawn(table, "test", chance) if "test" in table else None,
        zero=zero(table),
        menu=items[chosen],
        opened_by="PIN" if table.one_of("opened_by", ("PIN", "InF")) == "PIN" else "InF",
        stays_open=table.flag("stays_open"),
        tries=table.whole("tries", 0),
    )
    table.text("source")
    table.close()
    return replace(
        taken,
        zero=setting.zero or taken.zero,
        stays_open=taken.stays_open if setting.stays_open is None else setting.stays_open,
    )


def zero(table: Table) -> Zero:
    """What a pause means in which no pulse came."""
    return "wait" if table.one_of("zero", ("wait", "pulse-only")) == "wait" else "pulse-only"


def _drawn(table: Table, key: str, chance: random.Random) -> float:
    """A threshold of one meter, somewhere around the figure that is documented."""
    figure = table.table(key)
    seconds, within = figure.number("seconds"), figure.number("within")
    figure.text("source")
    figure.close()
    return chance.uniform(seconds - within, seconds + within)
