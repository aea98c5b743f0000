"""Publishing: what is refused, what is signed, and what a device sees of it."""

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloud_api.errors import SetupError
from cloud_api.fleet.releases import lock as locks
from cloud_api.fleet.releases.repository import Repository
from tests.releases.publishing import Publisher, dist, lock, wheel


def test_a_device_finds_what_two_of_three_holders_have_signed(publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    assert publisher.document("channels/stable.json") == {"channel": "stable", "versions": ["0.2.0"], "pinned": {}}
    release = publisher.document("releases/0.2.0.json")
    assert (release["version"], release["channel"], release["python"]) == ("0.2.0", "stable", "3.11")
    assert release["downgrade"] is False
    assert [each["name"] for each in release["wheels"]] == [
        "beside-1.0-py3-none-any.whl",
        "zaehlwerk-0.2.0-py3-none-any.whl",
    ]
    found = (
        publisher.device().look(publisher.repository.folder).get_targetinfo("wheels/zaehlwerk-0.2.0-py3-none-any.whl")
    )
    assert found
    assert found.hashes["sha256"] == release["wheels"][1]["sha256"]
    content = publisher.repository.file(found).read_bytes()
    assert hashlib.sha256(content).hexdigest() == found.hashes["sha256"]
    assert publisher.document("holds/stable.json") is None


def test_what_one_holder_has_signed_waits_for_another(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0", holders=[1])
    assert "waits for 1 more holder" in capsys.readouterr().out
    assert publisher.document("channels/stable.json")["versions"] == []
    assert publisher.say("sign", *publisher.holding(1)) == 0
    assert "waits for 1 more holder" in capsys.readouterr().out
    assert publisher.say("sign", *publisher.holding(3)) == 0
    told = capsys.readouterr().out
    assert "release 0.2.0 of stable, Python 3.11: " in told
    assert told.endswith("it stands\n")
    assert publisher.document("channels/stable.json")["versions"] == ["0.2.0"]
    assert not publisher.repository.proposal.exists()
    assert publisher.say("sign", *publisher.holding(3)) == 1
    assert "nothing waits for signatures" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda folder: wheel(folder, "stranger", "1.0"), "stranger==1.0 is not in"),
        (lambda folder: wheel(folder, "beside", "1.0", content="x = 1\n"), "its hash is none of those in"),
        (lambda folder: (folder / "beside-1.0-py3-none-any.whl").unlink(), "line 2: beside==1.0 has no wheel in"),
        (lambda folder: (folder / "beside.whl").touch(), "no name of a wheel"),
        (lambda folder: lock(folder).write_text("beside>=1\n"), "line 1: expected NAME==VERSION --hash"),
        (lambda folder: lock(folder).write_text("beside==1 --hash=md5:0\n"), "line 1: expected NAME==VERSION"),
        (lambda folder: lock(folder).write_text(f"beside==x --hash=sha256:{'0' * 64}\n"), "'x' is no version"),
        (lambda folder: lock(folder).unlink(), "requirements.lock: cannot be read"),
    ],
)
def test_a_folder_that_is_not_what_the_lock_says_is_refused(tmp_path: Path, break_it, told: str) -> None:  # type: ignore[no-untyped-def]
    folder = dist(tmp_path / "dist", "0.2.0")
    break_it(folder)
    with pytest.raises(SetupError, match=told):
        locks.collect(folder, folder / "requirements.lock", "0.2.0")


def test_the_version_is_that_of_our_own_wheel(tmp_path: Path) -> None:
    folder = dist(tmp_path / "dist", "0.2.0")
    with pytest.raises(SetupError, match=r"has no zaehlwerk==0\.3\.0"):
        locks.collect(folder, folder / "requirements.lock", "0.3.0")


def test_the_lock_of_the_image_is_read() -> None:
    pins = locks.read(Path(__file__).parents[2] / "image" / "requirements.lock")
    assert len(pins) > 20
    assert "aiohttp" in {pin.name for pin in pins}
    assert all(pin.hashes for pin in pins)


def test_a_version_is_published_once(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0")
    folder = str(publisher.folder.path.parent / "dist-0.2.0")
    assert publisher.say("publish", folder, "--version", "0.2.0", *publisher.holding(1, 2)) == 1
    assert "0.2.0: is published already" in capsys.readouterr().err


def test_a_release_has_its_place_among_the_versions(publisher: Publisher) -> None:
    for version, words in (("0.3.0", []), ("0.2.0", []), ("0.2.1", ["--downgrade"])):
        publisher.publish(version, *words)
    assert publisher.document("channels/stable.json")["versions"] == ["0.2.0", "0.3.0", "0.2.1"]


def test_a_share_stays_until_it_is_changed(publisher: Publisher) -> None:
    publisher.publish("0.2.0", "--rollout", "10%", "--from", "2026-11-25T08:00Z")
    assert publisher.document("releases/0.2.0.json")["stages"] == [{"share": 0.1, "from": "2026-11-25T08:00:00Z"}]


def test_a_repository_is_made_once(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    assert publisher.say("init", "--keys", str(publisher.keys)) == 1
    assert "is there already" in capsys.readouterr().err


def test_nothing_is_published_without_a_repository(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no repository yet"):
        Repository(tmp_path).state()


def test_the_service_renews_what_it_signs(publisher: Publisher) -> None:
    before = publisher.repository.state()
    assert publisher.say("refresh") == 0
    after = publisher.repository.state()
    assert after.timestamp.signed.version > before.timestamp.signed.version
    assert after.targets.signed.version == before.targets.signed.version
    assert publisher.say("refresh", *publisher.holding(2, 3)) == 0
    assert publisher.repository.state().targets.signed.version > before.targets.signed.version
    publisher.device().look(publisher.repository.folder)


def test_versions_count_seconds_so_that_a_restored_repository_is_newer_than_all_before(publisher: Publisher) -> None:
    now = datetime.now(UTC).timestamp()
    assert abs(publisher.repository.state().timestamp.signed.version - now) < 3600


def test_what_is_named_no_more_goes_after_a_week(publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    publisher.publish("0.3.0")
    assert publisher.say("retire", "0.2.0", *publisher.holding(1, 2)) == 0
    repository, device = publisher.repository, publisher.device()
    before = {file for file in repository.folder.rglob("*") if file.is_file()}
    assert publisher.say("refresh") == 0
    assert before <= {file for file in repository.folder.rglob("*") if file.is_file()}
    week_ago = datetime.now(UTC).timestamp() - 8 * 24 * 3600
    for file in before:
        os.utime(file, (week_ago, week_ago))
    assert publisher.say("refresh") == 0
    gone = {file.name.partition(".")[2] for file in before if not file.exists()}
    assert {"zaehlwerk-0.2.0-py3-none-any.whl", "0.2.0.json", "snapshot.json", "holds.json"} <= gone
    assert not {"zaehlwerk-0.3.0-py3-none-any.whl", "0.3.0.json", "root.json"} & gone
    assert device.document(repository.folder, "releases/0.3.0.json")["version"] == "0.3.0"


def test_a_wheel_of_the_same_name_and_another_content_is_refused(
    publisher: Publisher, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0")
    folder = dist(tmp_path / "another", "0.3.0")
    wheel(folder, "beside", "1.0", content="another = 1\n")
    lock(folder)
    assert publisher.say("publish", str(folder), "--version", "0.3.0", *publisher.holding(1, 2)) == 1
    assert "another release has another file of this name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("watch.json", "watch.json: cannot be read"),
        ("targets/channels", "cannot be read"),
        ("metadata/timestamp.json", "is not as it was written"),
    ],
)
def test_what_is_damaged_is_named(
    publisher: Publisher, name: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0")
    assert publisher.say("pause", "0.2.0") == 0
    damaged = publisher.repository.folder / name
    if damaged.is_dir():
        shutil.rmtree(damaged)
    else:
        damaged.write_text("no json")
    assert publisher.say("resume", "0.2.0") == 1
    assert told in capsys.readouterr().err
