"""Which steps of counters can be believed, and how the others are called."""

from collections.abc import Sequence

import numpy as np
import pytest

from cloud_api.dataset.steps import HOUR, UNITS, Counter, Flag, flags

QUARTER = HOUR // 4


def counter(values: Sequence[float | None]) -> Counter:
    return Counter(
        values=np.array([round((value or 0) * UNITS) for value in values], dtype=np.int64),
        shown=np.array([value is not None for value in values]),
    )


def judged(
    *counters: Sequence[float | None], apart: int = QUARTER, exchanges: Sequence[tuple[int, int]] = ()
) -> list[Flag]:
    times = np.arange(len(counters[0]), dtype=np.int64) * apart
    found = flags(times, [counter(values) for values in counters], most=100, exchanges=exchanges)
    return [Flag(flag) for flag in found.tolist()]


OK = Flag.NONE


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10, 10.2, 10.2, 10.7], [OK, OK, OK]),
        ([1000, 1000.1, 0.1, 0.4], [OK, Flag.RESET, OK]),
        ([1000, 1000.1, 700, 700.4], [OK, Flag.BACKWARDS, OK]),
        ([1000, 1000.1, 1000.05, 1000.2], [OK, Flag.WRONG_ORDER, Flag.WRONG_ORDER]),
        ([10, 10.1, 5000, 10.3, 10.4], [OK, Flag.WRONG_ORDER, Flag.WRONG_ORDER, OK]),
        ([10, 10.1, 5000, 5000.2], [OK, Flag.JUMP, OK]),
        ([10, None, 10.5], [OK, OK]),
        ([10, 11, 12, 13], [OK, OK, OK]),
        ([10], []),
        ([20, 10], [Flag.RESET]),
        ([200, 100], [Flag.BACKWARDS]),
    ],
)
def test_a_step_is_judged_by_its_counter(values: list[float | None], expected: list[Flag]) -> None:
    assert judged(values) == expected


def test_a_reset_takes_every_counter_down() -> None:
    assert judged([500, 0.1], [300, 0]) == [Flag.RESET]
    assert judged([500, 0.1], [300, 300.1]) == [Flag.BACKWARDS]


def test_a_longer_interval_may_carry_more() -> None:
    assert judged([0, 2000], apart=24 * HOUR) == [OK]
    assert judged([0, 3000], apart=24 * HOUR) == [Flag.JUMP]


def test_another_meter_that_was_heard_in_between_makes_every_step_an_exchange() -> None:
    heard = [(QUARTER + 60, QUARTER + 120)]
    assert judged([500, 500.1, 0.2, 0.4], exchanges=heard) == [OK, Flag.EXCHANGE, OK]
    assert judged([500, 500.1, 500.4, 500.6], exchanges=heard) == [OK, Flag.EXCHANGE, OK]


def test_words_are_the_fields_own() -> None:
    assert [flag.word for flag in Flag if flag] == ["jump", "backwards", "reset", "wrong-order", "exchange"]
