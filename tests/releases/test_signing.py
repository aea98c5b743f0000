"""Signing one after another, on machines that know nothing of each other; and keys that make way for new ones."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from tuf.api.metadata import DelegatedRole, Metadata, TargetFile, Targets

from cloud_api.cli import main
from cloud_api.fleet.releases import offers, rings
from cloud_api.fleet.releases.documents import Channel, Release, encode
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.proposals import proposed, settle
from tests.releases.publishing import Publisher, dist, lock, wheel


def sign(file: Path, publisher: Publisher, holder: int) -> int:
    """On a machine without a data folder."""
    return main(["release", "sign", str(file), *publisher.holding(holder)])


def test_a_copy_goes_from_holder_to_holder_and_comes_back(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0", holders=[])
    carried = tmp_path / "carried.json"
    shutil.copy(publisher.repository.proposal, carried)
    capsys.readouterr()
    assert sign(carried, publisher, 2) == 0
    told = capsys.readouterr().out
    assert "channel stable: 0.2.0" in told
    assert "zaehlwerk-0.2.0-py3-none-any.whl sha256:" in told
    assert sign(carried, publisher, 3) == 0
    assert publisher.say("sign", str(carried)) == 0
    assert publisher.document("channels/stable.json")["versions"] == ["0.2.0"]


def forged(publisher: Publisher, tmp_path: Path, change: Callable[[dict[str, str], Targets], None]) -> Path:
    """A proposal as somebody who has the server would send it: documents and metadata fit to each other."""
    content = msgspec.json.decode(publisher.repository.proposal.read_bytes())
    metadata = Metadata[Targets].from_bytes(content["targets"].encode())
    change(content["documents"], metadata.signed)
    carried = tmp_path / "carried.json"
    carried.write_bytes(msgspec.json.encode(content | {"targets": metadata.to_bytes().decode()}))
    return carried


def name(targets: Targets, path: str, content: str) -> None:
    targets.targets[path] = TargetFile.from_data(path, content.encode(), ["sha256"])


def hide_a_document(documents: dict[str, str], _targets: Targets) -> None:
    documents.clear()


def show_another_document(documents: dict[str, str], _targets: Targets) -> None:
    documents["channels/stable.json"] = encode(Channel(channel="stable")).decode()


def sign_what_is_not_shown(_documents: dict[str, str], targets: Targets) -> None:
    name(targets, "wheels/evil-1.0-py3-none-any.whl", "evil")


def show_a_wheel_as_a_document(documents: dict[str, str], targets: Targets) -> None:
    documents["wheels/evil-1.0-py3-none-any.whl"] = "evil"
    name(targets, "wheels/evil-1.0-py3-none-any.whl", "evil")


def show_one_of_two_of_a_version(documents: dict[str, str], targets: Targets) -> None:
    documents["releases/other.json"] = documents["releases/0.2.0.json"]
    name(targets, "releases/other.json", documents["releases/0.2.0.json"])


def write_something_between_the_lines(documents: dict[str, str], targets: Targets) -> None:
    documents["channels/stable.json"] = documents["channels/stable.json"].replace("{", '{"more": 1,', 1)
    name(targets, "channels/stable.json", documents["channels/stable.json"])


def let_somebody_else_sign_releases(_documents: dict[str, str], targets: Targets) -> None:
    assert targets.delegations
    assert targets.delegations.roles
    key = next(iter(targets.delegations.keys))
    targets.delegations.roles["more"] = DelegatedRole("more", [key], 1, terminating=False, paths=["releases/*"])


def let_the_service_sign_releases(_documents: dict[str, str], targets: Targets) -> None:
    assert targets.delegations
    assert targets.delegations.roles
    targets.delegations.roles["holds"].paths = ["*/*"]


@pytest.mark.parametrize(
    "change",
    [
        hide_a_document,
        show_another_document,
        sign_what_is_not_shown,
        show_a_wheel_as_a_document,
        show_one_of_two_of_a_version,
        write_something_between_the_lines,
        let_somebody_else_sign_releases,
        let_the_service_sign_releases,
    ],
    ids=lambda change: change.__name__,
)
def test_a_copy_that_shows_something_else_than_it_wants_signed_is_refused(
    publisher: Publisher,
    tmp_path: Path,
    change: Callable[[dict[str, str], Targets], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    publisher.publish("0.2.0", holders=[])
    carried = forged(publisher, tmp_path, change)
    before = carried.read_bytes()
    assert sign(carried, publisher, 1) == 1
    assert re.search("not what the proposal shows|nothing that holders sign|something else", capsys.readouterr().err)
    assert carried.read_bytes() == before


def test_a_holder_compares_every_wheel_with_a_lock_of_his_own(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0", holders=[])
    carried, own = tmp_path / "carried.json", dist(tmp_path / "own", "0.2.0")
    shutil.copy(publisher.repository.proposal, carried)

    def compare() -> tuple[int, str]:
        done = main(["release", "sign", str(carried), "--lock", str(lock(own)), *publisher.holding(1)])
        told = capsys.readouterr()
        return done, told.out + told.err

    capsys.readouterr()
    done, told = compare()
    assert done == 0
    assert "has the wheels of the release 0.2.0" in told
    wheel(own, "more", "1.0")
    assert "more==1.0 has no wheel in the release 0.2.0" in compare()[1]
    (own / "more-1.0-py3-none-any.whl").unlink()
    wheel(own, "beside", "1.0", content="another = 1\n")
    assert "beside-1.0-py3-none-any.whl: of the release 0.2.0 is not in" in compare()[1]
    (own / "zaehlwerk-0.2.0-py3-none-any.whl").unlink()
    done, told = compare()
    assert done == 1
    assert "is of no release that is to be signed" in told


def test_a_copy_of_something_else_is_refused(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0", holders=[])
    carried = publisher.repository.proposal.rename(tmp_path / "carried.json")
    publisher.publish("0.3.0", holders=[1])
    assert publisher.say("sign", str(carried)) == 1
    assert "another proposal" in capsys.readouterr().err
    for content in ("{}", "no json"):
        carried.write_text(content)
        assert publisher.say("sign", str(carried)) == 1
        assert "no proposal of a release" in capsys.readouterr().err
    carried.unlink()
    assert publisher.say("sign", str(carried)) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert publisher.say("sign") == 1
    assert "nothing to sign with" in capsys.readouterr().err


def test_a_plan_that_is_signed_too_late_skips_no_ring(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    repository, begin = publisher.repository, datetime(2026, 1, 1, tzinfo=UTC)
    release = Release(
        version="0.2.0",
        channel="stable",
        python="3.11",
        wheels=(),
        stages=rings.plan("salt", [UUID(int=number) for number in range(5000)], begin=begin),
        salt="salt",
    )
    with repository.alone():
        state = repository.state()
        waiting = proposed(state, offers.published(state.offer, release), begin)
        settle(repository, waiting, Keyring.online(publisher.folder.pki), begin)
    assert publisher.say("sign", *publisher.holding(1, 2)) == 1
    assert "publish again with --from" in capsys.readouterr().err


def test_a_proposal_whose_wheels_are_gone_is_refused(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0", holders=[1])
    for file in (publisher.repository.targets / "wheels").iterdir():
        file.unlink()
    assert publisher.say("sign", *publisher.holding(2)) == 1
    assert "is not there; delete the proposal and publish again" in capsys.readouterr().err


def test_a_proposal_of_before_a_later_state_is_refused(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0", holders=[1])
    waiting = publisher.repository.proposal.rename(tmp_path / "waiting.json")
    publisher.publish("0.3.0")
    waiting.rename(publisher.repository.proposal)
    assert publisher.say("sign", *publisher.holding(2)) == 1
    assert "something else was published since" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "-----BEGIN NOTHING-----\n"])
def test_keys_that_are_none_are_named(
    publisher: Publisher, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0", holders=[1])
    empty = tmp_path / "empty"
    empty.mkdir()
    assert publisher.say("sign", "--keys", str(empty)) == 1
    assert "has no keys" in capsys.readouterr().err
    (empty / "root.key").write_text(content)
    assert publisher.say("sign", "--keys", str(empty)) == 1
    assert "no key that can be read" in capsys.readouterr().err


def test_a_device_of_the_first_day_follows_while_every_holder_is_replaced(publisher: Publisher) -> None:
    first, new = publisher.device("first"), publisher.keys.parent / "new"
    publisher.publish("0.2.0")
    signing = {1: publisher.keys, 2: publisher.keys, 3: publisher.keys}
    for holder, others in ((1, (2, 3)), (2, (1, 3)), (3, (1, 2))):
        hands = [word for other in others for word in ("--keys", str(signing[other] / f"holder-{other}"))]
        assert publisher.say("rotate", f"holder-{holder}", "--new", str(new), *hands) == 0
        signing[holder] = new
        assert publisher.repository.root().signed.version == holder + 1
    updater = first.look(publisher.repository.folder)
    assert updater.get_targetinfo("releases/0.2.0.json")
    assert (publisher.repository.metadata / "4.root.json").exists()
    assert publisher.say("rollout", "0.2.0", "50%", *publisher.holding(1, 2, 3)) == 0  # the old keys
    assert publisher.repository.proposal.exists()
    publisher.repository.proposal.unlink()
    hands = [word for holder in (1, 2) for word in ("--keys", str(new / f"holder-{holder}"))]
    assert publisher.say("rollout", "0.2.0", "50%", *hands) == 0
    stages = first.document(publisher.repository.folder, "releases/0.2.0.json")["stages"]
    assert [stage["share"] for stage in stages] == [0.5]


def test_the_keys_of_the_service_are_replaced_and_what_it_says_is_believed(publisher: Publisher) -> None:
    first = publisher.device("first")
    publisher.publish("0.2.0")
    first.look(publisher.repository.folder)
    before = {file.name: file.read_bytes() for file in publisher.folder.pki.glob("update-*")}
    assert publisher.say("rotate", "service", *publisher.holding(1)) == 0
    assert publisher.say("refresh") == 0  # with those before, while holders are missing
    first.look(publisher.repository.folder)
    assert publisher.say("sign", *publisher.holding(2)) == 0
    after = {file.name: file.read_bytes() for file in publisher.folder.pki.glob("update-*")}
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values())
    assert publisher.say("pause", "0.2.0") == 0
    assert first.document(publisher.repository.folder, "holds/stable.json") == {"held": {"0.2.0": "paused"}}


def test_who_is_replaced_is_a_holder(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    assert publisher.say("rotate", "holder-9", "--new", str(publisher.keys), *publisher.holding(1, 2)) == 1
    assert "holder-9: no holder (expected holder-1, holder-2, holder-3, or service)" in capsys.readouterr().err
    assert publisher.say("rotate", "holder-1", *publisher.holding(1, 2)) == 1
    assert "--new" in capsys.readouterr().err


def test_one_of_one_is_enough_for_a_demonstration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publisher = Publisher.new(tmp_path / "cloud", tmp_path / "keys", holders=1, threshold=1)
    publisher.publish("0.2.0", holders=[1])
    first = publisher.device("first")
    new = tmp_path / "new"
    hands = ("--keys", str(publisher.keys), "--keys", str(new / "holder-1"))
    new.joinpath("holder-1").mkdir(parents=True)
    shutil.copytree(publisher.keys / "holder-1", tmp_path / "kept")
    assert publisher.say("rotate", "holder-1", "--new", str(new), *publisher.holding(1)) == 0
    assert "waits for 1 more holder" in capsys.readouterr().out  # the one whose keys are new
    assert publisher.say("sign", *hands) == 0
    first.look(publisher.repository.folder)


def test_too_many_have_to_sign(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--data", str(tmp_path / "cloud")]) == 0
    wrong = ("init", "--data", str(tmp_path / "cloud"), "--keys", str(tmp_path / "keys"), "--threshold", "4")
    assert main(["release", *wrong]) == 1
    assert "--threshold 4 of --holders 3" in capsys.readouterr().err
