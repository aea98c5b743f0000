"""The display of a meter as seen by the light that falls on its key: values and times in, the next state out.

    normal ─pulse→ display test ─pulse→ PIN ─four digits→ menu ─long press→ what the item does
                                (or by itself)  └─wrong→ normal

After 120 s without light each of them is back at normal. Nothing here knows the time: every function is told it, in
seconds of any clock that never goes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

INF, CLEAR_HISTORY, CLEAR_ENERGY, PROTECTION = "InF", "history clear", "E clear", "PIN"
"""The items that do something when pressed long; all others only show a figure."""
DIGITS = 4


class Screen(Enum):
    """What the display shows."""

    NORMAL = "normal"
    TEST = "display test"
    PIN = "PIN"
    MENU = "menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one meter reacts; lengths in seconds."""

    pin: str | None = field(repr=False)
    shortest: float
    """A pulse or a gap below this is not seen."""
    wake: float
    """A pulse below this does not wake a sleeping display."""
    long: float
    """A pulse from this on is a long one."""
    pause: float
    """Dark for this long, the next digit begins."""
    asleep: float
    """Dark for this long, the display is back to normal."""
    test: float | None
    """How long the display test lasts before the PIN is asked for; nothing where it takes another pulse."""
    zero: Literal["wait", "pulse-only"]
    """Whether a pause without a pulse enters a zero, or only a pause after at least one pulse goes on."""
    menu: Sequence[str]
    """The items in their order; the first is shown as soon as the PIN was right."""
    opened_by: Literal["PIN", "InF"]
    """What turns on the full telegram."""
    stays_open: bool
    """Whether the PIN does so for good, or only while the menu is open."""
    tries: int
    """Wrong PINs after which none is taken any more; zero where there is no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the display stands, and what was changed by it."""

    screen: Screen = Screen.NORMAL
    lit_at: float | None = None
    """Since when light falls on it; nothing in the dark."""
    dark_at: float = float("-inf")
    """When light last went off."""
    begun_at: float = 0.0
    """When this screen, or the digit that is being entered, began."""
    digits: str = field(default="", repr=False)
    """The digits that are entered."""
    count: int = 0
    """Pulses of the digit that is being entered."""
    item: int = 0
    """Place in the menu."""
    protected: bool = True
    """Whether a PIN is needed at all."""
    inf: bool = False
    pin_given: bool = False
    wrong: int = 0
    """Wrong PINs in a row."""
    history: bool = True
    """Whether the daily values of two years are still there."""
    energy_cleared: int = 0
    """How often the participant's own counter was set to zero."""


def full(state: State, rules: Rules) -> bool:
    """Whether the meter sends all that it knows."""
    if not state.protected or state.inf:
        return True
    by_pin = rules.opened_by == "PIN" or INF not in rules.menu
    stays = rules.opened_by == "PIN" and rules.stays_open
    return by_pin and state.pin_given and (stays or state.screen is Screen.MENU)


def blocked(state: State, rules: Rules) -> bool:
    """Whether PINs are no longer taken."""
    return bool(rules.tries) and state.wrong >= rules.tries


def lit(state: State, rules: Rules, at: float) -> State:
    """Light goes on."""
    state = waited(state, rules, at)
    if at - state.dark_at < rules.shortest:
        return state
    return replace(state, lit_at=at)


def dark(state: State, rules: Rules, at: float) -> State:
    """Light goes off: what its length means on this screen happens."""
    if state.lit_at is None:
        return state
    length = at - state.lit_at
    state = replace(state, lit_at=None, dark_at=at)
    if length < rules.shortest:
        return state
    match state.screen:
        case Screen.NORMAL if length >= rules.wake:
            return replace(state, screen=Screen.TEST, begun_at=at)
        case Screen.TEST if rules.test is None:
            return _asked(state, at)
        case Screen.PIN if length < rules.long:
            return replace(state, count=state.count + 1)
        case Screen.MENU if length < rules.long:
            return replace(state, item=(state.item + 1) % len(rules.menu))
        case Screen.MENU:
            return _pressed_long(state, rules.menu[state.item])
    return state


def waited(state: State, rules: Rules, at: float) -> State:
    """Time passes in the dark, up to a moment; light stops all that waits."""
    while state.lit_at is None and (due := _next(state, rules)) and due[0] <= at:
        state = due[1]
    return state


def power_cut(state: State) -> State:
    """What is left when power comes back: the protection is as it was set at the works."""
    return State(wrong=state.wrong, history=state.history, energy_cleared=state.energy_cleared)


def _next(state: State, rules: Rules) -> tuple[float, State] | None:
    """What will happen by itself if it stays dark, and when."""
    asleep = max(state.dark_at, 0.0) + rules.asleep, replace(state, screen=Screen.NORMAL, digits="", count=0)
    match state.screen:
        case Screen.NORMAL:
            return None
        case Screen.TEST if rules.test is not None:
            prompt = state.begun_at + rules.test
            return prompt, _asked(state, prompt)
        case Screen.PIN if state.count or rules.zero == "wait":
            done = max(state.dark_at, state.begun_at) + rules.pause
            return done, _digit_done(state, rules, done)
    return asleep


def _asked(state: State, at: float) -> State:
    return replace(state, screen=Screen.PIN, begun_at=at, digits="", count=0)


def _digit_done(state: State, rules: Rules, at: float) -> State:
    digits = f"{state.digits}{state.count % 10}"
    state = replace(state, digits=digits, count=0, begun_at=at)
    if len(digits) < DIGITS:
        return state
    state = replace(state, digits="")
    if blocked(state, rules) or digits != rules.pin:
        return replace(state, screen=Screen.NORMAL, wrong=state.wrong + 1)
    return replace(state, screen=Screen.MENU, item=0, pin_given=True, wrong=0)


def _pressed_long(state: State, item: str) -> State:
    match item:
        case "InF":
            return replace(state, inf=not state.inf)
        case "history clear":
            return replace(state, history=False)
        case "E clear":
            return replace(state, energy_cleared=state.energy_cleared + 1)
        case "PIN":
            return replace(state, protected=not state.protected)
    return state
