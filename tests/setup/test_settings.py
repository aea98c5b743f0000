"""What a person has set up stands over the settings, and everything else stays as it is set."""

from uuid import UUID

from edge_app.config import MeterConfig
from edge_app.setup.settings import merged
from edge_app.store.fittings import Fitting

ONE = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
TWO = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02")
SET = MeterConfig(
    uuid=ONE, model="MT681", port="/dev/a", unlock={"digit_on": 0.5}, keep_alive=True, light="zeros", inverted=True
)


def test_without_a_fitting_the_settings_stand() -> None:
    assert merged([SET], []) == (SET,)


def test_a_fitting_moves_a_meter_to_another_port_with_all_that_is_set_for_it() -> None:
    (found,) = merged([SET], [Fitting(meter=ONE, model="MT681", port="/dev/b")])
    assert found.port == "/dev/b"
    assert (found.unlock, found.keep_alive, found.light, found.inverted) == ({"digit_on": 0.5}, True, "zeros", True)


def test_timings_of_a_model_go_with_the_model() -> None:
    (found,) = merged([SET], [Fitting(meter=ONE, model="EASY", port="/dev/a")])
    assert (found.model, found.unlock, found.keep_alive) == ("EASY", {}, False)


def test_a_meter_that_is_not_in_the_settings_is_read_too() -> None:
    assert merged([], [Fitting(meter=TWO, model="EHZ", port="/dev/b")]) == (
        MeterConfig(uuid=TWO, model="EHZ", port="/dev/b"),
    )


def test_a_port_belongs_to_whoever_was_set_up_last() -> None:
    first, second = merged([SET], [Fitting(meter=TWO, model="EHZ", port="/dev/a")])
    assert (first.port, second.port) == (None, "/dev/a")
