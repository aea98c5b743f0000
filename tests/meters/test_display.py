"""The display of a model: what its profile tells of it becomes the rules of one meter."""

from pathlib import Path

import pytest

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.profile import load
from edge_app.simulator.display import USUAL, Setting, rules
from tests.meters.test_menu import PIN, rules_of
from tests.meters.test_profile import WHOLE, written


def test_the_walk_of_a_two_way_dd3_has_thirteen_places_and_of_a_one_way_one_eight() -> None:
    assert rules_of("DD3").menu.index("InF") == 13
    assert rules_of("DD3", setting=Setting(menu="one-way")).menu.index("InF") == 8
    assert rules_of("EASY").menu.index("InF") == 7


def test_meters_of_a_model_differ_within_what_is_documented() -> None:
    pauses = {rules_of("MT681", seed=seed).pause for seed in range(50)}
    assert len(pauses) == 50
    assert 2.7 <= min(pauses) < max(pauses) <= 3.3


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４"])
def test_a_pin_has_four_digits_and_is_not_repeated_in_the_error(pin: str) -> None:
    with pytest.raises(ConfigError) as told:
        rules_of("MT681", pin=pin)
    assert str(told.value) == "a PIN has four digits"


def test_a_menu_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match=r"dd3.toml has no menu 'usual' \(there are two-way, one-way, manual\)"):
        rules_of("DD3", setting=Setting(menu="usual"))


def test_a_profile_without_a_display_says_so(tmp_path: Path) -> None:
    bare = WHOLE.replace("[display]\nlong = 5\n", "")
    with pytest.raises(PluginError, match=r"meter.toml: display is missing"):
        rules(load(written(tmp_path, bare)), pin=PIN, seed=0, setting=USUAL)


@pytest.mark.parametrize("menus", ["{ }", "{ usual = [] }"])
def test_a_display_needs_a_menu_with_an_item(tmp_path: Path, menus: str) -> None:
    with pytest.raises(PluginError, match=r"^meter.toml: display: menus is .* \(expected at least one menu, each with"):
        rules(load(written(tmp_path, WHOLE.replace("long = 5", f"menus = {menus}"))), pin=PIN, seed=0, setting=USUAL)
