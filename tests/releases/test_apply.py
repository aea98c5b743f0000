"""A fleet that is steered by a file: what it desires comes about, and each mistake in it is named."""

import re
from pathlib import Path

import pytest

from cloud_api.fleet.releases.desired import lines_of
from tests.releases.publishing import Publisher

DEVICE, OTHER = "3c1de3a4-63a4-4a76-8d2d-5a4cf37a9c1e", "7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10"
FLEET = f"""
[channel.stable]
pinned = {{ "{DEVICE}" = "0.2.0" }}

[release."0.3.0"]
share = "25%"
state = "paused"
reason = "waits for the weekend"
"""


@pytest.fixture
def fleet(publisher: Publisher, tmp_path: Path) -> Path:
    publisher.publish("0.2.0", "--rollout", "100%")
    publisher.publish("0.3.0", "--rollout", "10%")
    return tmp_path / "fleet.toml"


def test_what_is_desired_comes_about_and_again_changes_nothing(
    publisher: Publisher, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write_text(FLEET)
    capsys.readouterr()
    assert publisher.say("apply", str(fleet), *publisher.holding(1, 2)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "0.3.0: 10 % → 25 %",
        "0.3.0: paused: waits for the weekend",
        f"{DEVICE}: not pinned → 0.2.0",
        "desired state of releases applied",
        "it stands",
    ]
    assert publisher.document("channels/stable.json")["pinned"] == {DEVICE: "0.2.0"}
    assert publisher.document("holds/stable.json") == {"held": {"0.3.0": "waits for the weekend"}}
    assert [stage["share"] for stage in publisher.document("releases/0.3.0.json")["stages"]] == [0.25]
    version = publisher.repository.state().timestamp.signed.version
    assert publisher.say("apply", str(fleet), *publisher.holding(1, 2)) == 0
    assert capsys.readouterr().out == f"{fleet}: all is as it is desired\n"
    assert publisher.repository.state().timestamp.signed.version == version


def test_what_holds_needs_no_holder_and_what_is_left_out_stays(
    publisher: Publisher, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write_text('[release."0.3.0"]\nstate = "paused"\n')
    assert publisher.say("apply", str(fleet)) == 0
    assert publisher.document("holds/stable.json") == {"held": {"0.3.0": "paused"}}
    fleet.write_text('[release."0.3.0"]\n')
    assert publisher.say("apply", str(fleet)) == 0
    assert publisher.document("holds/stable.json") == {"held": {"0.3.0": "paused"}}
    fleet.write_text('[release."0.3.0"]\nstate = "offered"\n')
    assert publisher.say("apply", str(fleet)) == 0
    assert publisher.document("holds/stable.json") == {"held": {}}
    assert "resumed, it was held: paused" in capsys.readouterr().out


def test_a_release_moves_to_another_channel_and_one_that_is_retired_goes(publisher: Publisher, fleet: Path) -> None:
    fleet.write_text('[release."0.3.0"]\nchannel = "beta"\n[release."0.2.0"]\nstate = "retired"\n')
    for _ in range(2):
        assert publisher.say("apply", str(fleet), *publisher.holding(1, 3)) == 0
        assert publisher.document("channels/beta.json")["versions"] == ["0.3.0"]
        assert publisher.document("channels/stable.json")["versions"] == []
        assert publisher.document("releases/0.3.0.json")["channel"] == "beta"
        assert publisher.document("releases/0.2.0.json") is None


def test_without_enough_holders_it_waits(publisher: Publisher, fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.write_text('[release."0.3.0"]\nshare = "50%"\n')
    assert publisher.say("apply", str(fleet), *publisher.holding(1)) == 0
    assert "waits for 1 more holder" in capsys.readouterr().out
    assert publisher.say("apply", str(fleet), *publisher.holding(1, 2)) == 1
    assert "waits for the signatures of further holders" in capsys.readouterr().err
    assert publisher.say("sign", *publisher.holding(2)) == 0
    assert publisher.say("apply", str(fleet)) == 0
    assert "all is as it is desired" in capsys.readouterr().out


MISTAKEN = f"""\
surprise = 1

[channel.stable]
pinned = {{ "nobody" = "0.2.0" }}
versions = []

[channel.beta.pinned]
"{OTHER}" = 2
"{DEVICE}" = "two"

[release."0.03"]
[release."0.3.0"]
share = 25
state = "gone"

[release."0.2.0"]
share = "125%"
reason = "none"
"""


def test_each_mistake_is_named_by_line_and_key(
    publisher: Publisher, fleet: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write_text(MISTAKEN)
    assert publisher.say("apply", str(fleet)) == 1
    told = capsys.readouterr().err
    found = re.findall(r"line (\d+): (\S+): (.*)", told)
    assert [(int(line), key) for line, key, _ in found] == [
        (1, "surprise"),
        (5, "channel.stable.versions"),
        (4, "channel.stable.pinned.nobody"),
        (8, f"channel.beta.pinned.{OTHER}"),
        (9, f"channel.beta.pinned.{DEVICE}"),
        (11, "release.0.03"),
        (13, "release.0.3.0.share"),
        (14, "release.0.3.0.state"),
        (17, "release.0.2.0.share"),
        (18, "release.0.2.0.reason"),
    ]
    assert "expected offered, paused or retired" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[release."0.9.0"]\nshare = "1%"\n', "line 1: release.0.9.0: 0.9.0: no release"),
        (f'[channel.stable.pinned]\n"{DEVICE}" = "0.9.0"\n', "line 1: channel.stable.pinned: 0.9.0: no release"),
        (f'[channel.beta.pinned]\n"{DEVICE}" = "0.2.0"\n', "line 1: channel.beta.pinned: 0.2.0: is not in the channel"),
        (
            f'[channel.stable.pinned]\n"{DEVICE}" = "0.2.0"\n[release."0.2.0"]\nstate = "retired"\n',
            f"line 4: release.0.2.0.state: 0.2.0: device {DEVICE} is pinned to it",
        ),
        ("channel = 1\n", "line 1: channel: expected a table"),
        ("[channel\n", "line 1"),
    ],
)
def test_what_cannot_be_is_named_too(
    publisher: Publisher, fleet: Path, text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write_text(text)
    assert publisher.say("apply", str(fleet)) == 1
    assert told in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    assert publisher.say("apply", "/nowhere/fleet.toml") == 1
    assert "/nowhere/fleet.toml: cannot be read" in capsys.readouterr().err


def test_lines_are_found_in_every_way_of_writing() -> None:
    assert lines_of('a = 1\n[b."c.d"]\ne.f = {\n g = 2 }\n# h = 1\n\n[[i]]\n') == {
        ("a",): 1,
        ("b", "c.d"): 2,
        ("b", "c.d", "e", "f"): 3,
        ("b", "c.d", "g"): 4,
    } | {("i",): 7}
