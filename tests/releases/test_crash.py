"""A crash between any two files leaves the state before or the one after, and what was begun can be done again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cloud_api.fleet.releases import proposals, repository
from tests.releases.publishing import Publisher, dist

WRITES = 12
"""More than an act has."""


class Crash(BaseException):
    """The process ends here."""


def crashing_at(number: int, write: Callable[..., None]) -> Callable[..., None]:
    """Write as often as that, and no more."""
    left = number

    def limited(file: Path, content: bytes, **how: int) -> None:
        nonlocal left
        if not left:
            raise Crash
        left -= 1
        write(file, content, **how)

    return limited


@pytest.mark.parametrize(
    "words",
    [
        ("publish", "DIST", "--version", "0.3.0"),
        ("retire", "0.2.0"),
        ("rotate", "holder-3", "--new", "NEW"),
        ("rotate", "service"),
        ("refresh",),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_whenever_it_crashes_a_device_goes_on(publisher: Publisher, words: tuple[str, ...]) -> None:
    publisher.publish("0.2.0")
    first, real = publisher.device("first"), repository.write_private
    new = str(publisher.keys.parent / "new")
    places = {"DIST": str(dist(publisher.keys.parent / "dist", "0.3.0")), "NEW": new}
    say = [places.get(word, word) for word in words] + list(publisher.holding(1, 2))
    for number in range(WRITES):
        with pytest.MonkeyPatch.context() as patched:
            limited = crashing_at(number, real)
            patched.setattr(repository, "write_private", limited)
            patched.setattr(proposals, "write_private", limited)
            try:
                done = publisher.say(*say)
            except Crash:
                first.look(publisher.repository.folder)
                publisher.device("fresh-" + str(number)).look(publisher.repository.folder)
                continue
        assert done == 0
        break
    else:
        pytest.fail("it never came to its end")
    first.look(publisher.repository.folder)
    assert number > 2
