"""The menu behind the light, entered by hand: what each model does with pulses, pauses and long presses."""

from dataclasses import replace

import pytest

from edge_app.metering.profile import profile
from edge_app.simulator import menu
from edge_app.simulator.display import USUAL, Setting, rules
from edge_app.simulator.menu import Rules, Screen, State
from tests.meters.hearing import MODELS

PIN = "4072"
EASY_MENU = ("E", "E clear", "1d", "7d", "30d", "365d", "history clear", "InF", "PIN")
ENTERED_BY_PIN = ("MT681", "MT175", "EHZ")
SEEDS = range(8)


def rules_of(model: str, *, seed: int = 0, pin: str | None = PIN, setting: Setting = USUAL) -> Rules:
    return rules(profile(MODELS[model]), pin=pin, seed=seed, setting=setting)


class Hand:
    """Somebody with a torch, and a watch that starts at zero."""

    def __init__(self, its: Rules, state: State | None = None) -> None:
        self.rules = its
        self.state = state or State()
        self.now = 1000.0

    def press(self, seconds: float = 0.5, *, then: float = 0.7) -> None:
        self.state = menu.lit(self.state, self.rules, self.now)
        self.now += seconds
        self.state = menu.dark(self.state, self.rules, self.now)
        self.wait(then)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.state = menu.waited(self.state, self.rules, self.now)

    def wake(self) -> None:
        """To the question for the PIN: two pulses, or one where the question comes by itself."""
        if self.rules.test is None:
            self.press(0.5)
            self.press(0.5, then=0.5)
        else:
            self.press(1.5, then=self.rules.test + 0.1)

    def enter(self, pin: str = PIN, *, zero: int = 10) -> None:
        """Each digit by its pulses, and a pause a little longer than the meter needs."""
        for digit in pin:
            for _ in range(int(digit) or zero):
                self.press(0.5, then=0.5)
            self.wait(self.rules.pause - 0.4)

    def walk(self, item: str) -> None:
        for _ in range(list(self.rules.menu).index(item)):
            self.press()

    def on(self, screen: Screen) -> bool:
        return self.state.screen is screen

    @property
    def shown(self) -> str:
        return self.rules.menu[self.state.item]

    @property
    def full(self) -> bool:
        return menu.full(self.state, self.rules)


def opened(model: str, *, seed: int = 0, setting: Setting = USUAL) -> Hand:
    hand = Hand(rules_of(model, seed=seed, setting=setting))
    hand.wake()
    hand.enter()
    return hand


@pytest.mark.parametrize("model", MODELS)
def test_two_pulses_or_one_and_a_while_lead_to_the_question_for_the_pin(model: str) -> None:
    hand = Hand(rules_of(model))
    assert hand.on(Screen.NORMAL)
    hand.press(1.5, then=0.5)
    assert hand.on(Screen.TEST)
    if model == "DD3":
        hand.wait(2)
    else:
        hand.press()
    assert hand.on(Screen.PIN)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("model", MODELS)
def test_the_right_pin_opens_the_menu(model: str, seed: int) -> None:
    hand = opened(model, seed=seed)
    assert hand.on(Screen.MENU)
    assert hand.full is (model in ENTERED_BY_PIN)


@pytest.mark.parametrize("model", MODELS)
def test_a_wrong_pin_leads_back_without_a_word(model: str) -> None:
    hand = Hand(rules_of(model))
    hand.wake()
    hand.enter("4071")
    assert hand.on(Screen.NORMAL)
    assert not hand.full
    hand.wake()
    hand.enter(PIN)
    assert hand.on(Screen.MENU), "the next attempt begins afresh"


def test_without_a_pin_none_is_right() -> None:
    hand = Hand(rules_of("MT681", pin=None))
    hand.wake()
    hand.enter("0000")
    assert hand.on(Screen.NORMAL)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pause_without_a_pulse_is_a_zero_where_the_meter_waits_for_none(seed: int) -> None:
    hand = Hand(replace(rules_of("MT681", seed=seed), pin="0100"))
    hand.wake()
    hand.wait(hand.rules.pause)
    hand.press(then=hand.rules.pause)
    hand.wait(2 * hand.rules.pause + 0.1)
    assert hand.on(Screen.MENU)


def test_a_pause_without_a_pulse_is_nothing_where_a_zero_takes_ten_pulses() -> None:
    hand = Hand(rules_of("MT681", setting=Setting(zero="pulse-only")))
    hand.wake()
    hand.wait(60)
    assert (hand.state.screen, hand.state.digits) == (Screen.PIN, "")
    hand.enter()
    assert hand.on(Screen.MENU)


def test_the_counter_of_a_digit_wraps_after_nine() -> None:
    hand = Hand(rules_of("EASY"))
    hand.wake()
    for _ in range(14):
        hand.press(0.5, then=0.5)
    hand.wait(hand.rules.pause)
    assert hand.state.digits[:1] == "4"


@pytest.mark.parametrize("model", MODELS)
def test_a_pulse_or_a_gap_may_be_too_short_to_be_seen(model: str) -> None:
    hand = Hand(rules_of(model))
    hand.wake()
    hand.press(0.2, then=0.5)
    assert hand.state.count == 0
    hand.press(0.5, then=0.2)
    hand.press(0.5, then=0.5)
    assert hand.state.count == 1


def test_a_long_press_is_no_pulse_of_a_digit() -> None:
    hand = Hand(rules_of("MT175"))
    hand.wake()
    hand.press(5.1, then=0.5)
    assert hand.state.count == 0


def test_a_dd3_is_not_woken_by_a_short_flash() -> None:
    hand = Hand(rules_of("DD3"))
    hand.press(0.5)
    assert hand.on(Screen.NORMAL)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("model", "short", "long"),
    [("MT681", 3.9, 5.1), ("MT175", 3.9, 5.1), ("EHZ", 4.3, 4.7), ("DD3", 1.8, 2.2), ("EASY", 3.9, 5.1)],
)
def test_short_and_long_are_what_the_manuals_say(model: str, short: float, long: float, seed: int) -> None:
    hand = opened(model, seed=seed)
    hand.walk("InF")
    hand.press(short)
    assert hand.shown == hand.rules.menu[list(hand.rules.menu).index("InF") + 1]
    assert not hand.state.inf
    hand = opened(model, seed=seed)
    hand.walk("InF")
    hand.press(long)
    assert (hand.shown, hand.state.inf) == ("InF", True)


@pytest.mark.parametrize("model", ["DD3", "EASY"])
def test_inf_is_a_toggle_and_stays_when_the_menu_is_closed(model: str) -> None:
    hand = opened(model)
    hand.walk("InF")
    hand.press(6)
    assert hand.full
    hand.wait(10_000)
    assert hand.on(Screen.NORMAL)
    assert hand.full
    hand.wake()
    hand.enter()
    hand.walk("InF")
    hand.press(6)
    assert not hand.full, "once too often is off again"


def test_the_menu_goes_round() -> None:
    hand = opened("EASY")
    for item in (*EASY_MENU[1:], *EASY_MENU[:2]):
        hand.press()
        assert hand.shown == item


def test_a_long_press_one_place_before_inf_deletes_the_history() -> None:
    hand = opened("DD3", setting=Setting(menu="one-way"))
    hand.walk("history clear")
    hand.press(6)
    assert not hand.state.history
    assert not hand.full


def test_a_long_press_on_the_own_counter_clears_it_and_on_a_figure_does_nothing() -> None:
    hand = opened("EASY")
    hand.press(6)
    assert hand.state.energy_cleared == 0
    hand.walk("E clear")
    hand.press(6)
    assert hand.state.energy_cleared == 1


def test_the_switch_for_the_pin_is_the_last_item_of_an_emh() -> None:
    hand = opened("EHZ", setting=Setting(stays_open=False))
    hand.walk("PIN")
    assert hand.shown == hand.rules.menu[-1]
    hand.press(6)
    hand.wait(200)
    assert hand.full, "no PIN is needed any more"


def test_without_inf_in_the_menu_an_easymeter_is_open_for_120_s_after_the_last_light() -> None:
    hand = opened("EASY", setting=Setting(menu="without-InF"))
    assert hand.full
    for _ in range(5):
        hand.press(0.5, then=100)
        assert hand.full, "a pulse now and then keeps it open"
    hand.wait(25)
    assert not hand.full


@pytest.mark.parametrize("model", ENTERED_BY_PIN)
def test_the_pin_alone_opens_for_good_or_for_120_s_where_the_model_does(model: str) -> None:
    lasting, passing = (opened(model, setting=Setting(stays_open=stays)) for stays in (True, False))
    for hand in (lasting, passing):
        hand.wait(113)
        assert hand.full
        hand.wait(13)
    assert lasting.full
    assert not passing.full


@pytest.mark.parametrize("model", MODELS)
def test_120_s_without_light_lead_back_to_normal_from_everywhere(model: str) -> None:
    test = Hand(replace(rules_of(model), test=None))
    test.press(1.5)
    asked = Hand(replace(rules_of(model), zero="pulse-only"))
    asked.wake()
    for hand in (test, asked, opened(model)):
        assert not hand.on(Screen.NORMAL)
        hand.wait(123)
        assert hand.on(Screen.NORMAL)


def test_light_that_stays_on_lets_nothing_pass() -> None:
    hand = opened("MT681")
    hand.state = menu.lit(hand.state, hand.rules, hand.now)
    hand.wait(1000)
    assert hand.on(Screen.MENU)


def test_an_emh_takes_no_pin_after_five_wrong_ones_even_after_a_power_cut() -> None:
    hand = Hand(rules_of("EHZ"))
    for _ in range(5):
        assert not menu.blocked(hand.state, hand.rules)
        hand.wake()
        hand.enter("1111")
    assert menu.blocked(hand.state, hand.rules)
    hand.state = menu.power_cut(hand.state)
    hand.wake()
    hand.enter(PIN)
    assert hand.on(Screen.NORMAL)


def test_others_may_be_tried_without_end() -> None:
    hand = Hand(rules_of("MT175"))
    for _ in range(20):
        hand.wake()
        hand.enter("1111")
    hand.wake()
    hand.enter(PIN)
    assert hand.full


@pytest.mark.parametrize("model", MODELS)
def test_after_a_power_cut_it_is_locked_and_the_history_is_as_it_was(model: str) -> None:
    hand = opened(model)
    hand.walk("history clear")
    hand.press(6)
    hand.press()
    hand.press(6)
    assert hand.state.inf
    hand.state = menu.power_cut(hand.state)
    assert not hand.full
    assert not hand.state.history
    assert hand.on(Screen.NORMAL)


def test_darkness_in_the_dark_is_nothing() -> None:
    its = rules_of("MT681")
    assert menu.dark(State(), its, 5.0) == State()
