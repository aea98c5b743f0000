"""Which version a device is to have follows from what was signed, and from what was found out on it."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid5

import msgspec
import pytest

from edge_app.fleet.update.choice import Choice, Standing, choose, place
from edge_app.fleet.update.documents import Channel, Holds, Release, Stage, Wheel
from tests.update.cellar import BEGIN, DEVICE

WHEEL = Wheel(name="zaehlwerk-1.0.0-py3-none-any.whl", sha256="0" * 64, length=1)
DAY = timedelta(days=1)


def release(version: str, **changed: object) -> Release:
    everybody = (Stage(share=1.0, begin=BEGIN),)
    base = Release(version=version, channel="stable", python="3.11", wheels=(WHEEL,), stages=everybody, salt="salt")
    return msgspec.structs.replace(base, **changed)


def chosen(*releases: Release, kept: str = "1.0.0", days: float = 0, **changed: object) -> Choice:
    channel = Channel(
        channel="stable",
        versions=tuple(each.version for each in releases),
        pinned={DEVICE: str(changed["pinned"])} if "pinned" in changed else {},
    )
    standing = Standing(device=DEVICE, kept=kept, failed=list(changed.get("failed", [])), python="3.11")  # type: ignore[call-overload]  # a list of texts
    holds = Holds(held=dict(changed.get("held", {})))  # type: ignore[call-overload]  # texts by texts
    known = {each.version: each for each in releases}
    return choose(channel, holds, standing, known.__getitem__, BEGIN + days * DAY)


def version(choice: Choice) -> str | None:
    return choice.release.version if choice.release else None


def test_the_newest_of_the_channel_is_chosen() -> None:
    assert version(chosen(release("1.0.0"), release("1.1.0"), release("1.2.0"))) == "1.2.0"


def test_what_is_kept_is_not_chosen_and_nothing_before_it() -> None:
    assert chosen(release("0.9.0"), release("1.0.0")) == Choice(release=None, passed={})


@pytest.mark.parametrize(
    ("newest", "reason", "world"),
    [
        (release("1.2.0"), "failed here before", {"failed": ["1.2.0"]}),
        (release("1.2.0"), "held: it smells", {"held": {"1.2.0": "it smells"}}),
        (release("1.2.0", channel="beta"), "of the channel beta", {}),
        (release("1.2.0", python="3.13"), "for Python 3.13, and here is 3.11", {}),
        (release("1.2.0", stages=(Stage(share=1.0, begin=BEGIN + DAY),)), "not yet for this device", {}),
        (release("1.2.0", stages=()), "not yet for this device", {}),
    ],
    ids=["failed", "held", "channel", "python", "later", "never"],
)
def test_one_that_is_not_for_this_device_is_passed_over_with_its_reason(
    newest: Release, reason: str, world: dict[str, object]
) -> None:
    choice = chosen(release("1.0.0"), release("1.1.0"), newest, **world)
    assert version(choice) == "1.1.0"
    assert choice.passed == {"1.2.0": reason}


def test_an_older_version_needs_the_word_of_those_who_sign() -> None:
    assert chosen(release("0.9.0")).passed == {"0.9.0": "older than 1.0.0"}
    assert version(chosen(release("1.0.0"), release("0.9.0", downgrade=True))) == "0.9.0"


def test_a_pinned_device_has_its_own_version_whatever_the_rings_say() -> None:
    early = release("1.1.0", stages=())
    assert version(chosen(release("1.0.0"), early, release("1.2.0"), pinned="1.1.0")) == "1.1.0"
    assert version(chosen(release("1.0.0"), early, release("1.2.0"), pinned="1.0.0")) is None
    assert version(chosen(early, held={"1.1.0": "it smells"}, pinned="1.1.0")) is None
    assert version(chosen(release("0.9.0"), pinned="0.9.0")) is None


def test_the_latest_stage_that_has_begun_counts() -> None:
    stages = (
        Stage(share=1.0, begin=BEGIN + 2 * DAY),
        Stage(share=0.0, begin=BEGIN),
        Stage(share=1e-9, begin=BEGIN + DAY),
    )
    ringed = release("1.1.0", stages=stages)
    assert [version(chosen(ringed, days=days)) for days in (0, 1, 1.9, 2, 30)] == [None, None, None, "1.1.0", "1.1.0"]


def test_a_device_stands_where_its_name_and_the_salt_put_it() -> None:
    digest = hashlib.sha256(f"salt:{DEVICE}".encode()).digest()
    assert place("salt", DEVICE) == int.from_bytes(digest[:8], "big") / 2**64
    devices = [uuid5(DEVICE, str(number)) for number in range(2000)]
    within = sum(place("salt", device) < 0.1 for device in devices)
    assert 150 < within < 250
    assert sum(place("salt", d) < 0.1 and place("other", d) < 0.1 for d in devices) < 50


def test_a_place_is_never_one_so_that_all_means_all() -> None:
    assert all(place("salt", UUID(int=number)) < 1.0 for number in range(100))
