"""How well a head hears, and what is wrong where it does not."""

import pytest

from edge_app.metering.ear import read
from edge_app.model.incident import Cause
from edge_app.model.reading import Reading
from edge_app.model.telegram import Telegram
from edge_app.setup.sound import WINDOW, Counter, Sound
from edge_app.testing import HandClock
from tests.edge.speaking import telegrams

DATA = telegrams("MT681", count=1)[0]


def reading() -> Reading:
    clock = HandClock()
    return read(Telegram(data=DATA, protocol="sml", at=clock.now()))


def heard(*good: bool) -> Counter:
    """A telegram a second, whole or not."""
    counter = Counter()
    for second, whole in enumerate(good):
        counter.arrived(DATA, float(second))
        if whole:
            counter.whole(reading(), float(second))
        else:
            counter.damaged(float(second))
    return counter


def test_before_anything_came_nothing_is_said_to_be_wrong() -> None:
    assert Counter().sound(0.0, (), None) == Sound(share=None, every=None)


def test_whole_telegrams_one_a_second_are_good() -> None:
    sound = heard(*[True] * 5).sound(5.0, (), None)
    assert (sound.share, sound.every, sound.maker, sound.good) == (1.0, 1.0, "ISK", True)


def test_one_telegram_may_be_luck() -> None:
    assert not heard(True).sound(1.0, (), None).good


def test_half_of_them_damaged_is_a_head_that_sits_badly() -> None:
    sound = heard(True, False, True, False).sound(4.0, (), None)
    assert (sound.share, sound.cause, sound.good) == (0.5, Cause.GARBLED, False)


def test_what_is_long_over_does_not_count() -> None:
    sound = heard(*[True] * 5).sound(5.0 + WINDOW, (), None)
    assert (sound.share, sound.unlocked) == (None, None)


def test_bytes_without_a_telegram_point_at_the_line() -> None:
    counter = Counter()
    counter.arrived(b"abc", 0.0)
    assert counter.sound(1.0, (), None).cause is Cause.SETTINGS


@pytest.mark.parametrize("kind", ["absent", "busy", "denied", "lost", "silent", "unfit"])
def test_a_port_in_trouble_is_named_before_all_else(kind: str) -> None:
    assert heard(True, False).sound(2.0, (), kind).cause == kind
