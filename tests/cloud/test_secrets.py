"""Shared secrets: two generations during a change, kept as hashes, and no guessing."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cloud_api.access import shared_secrets
from cloud_api.access.attempts import REMEMBERED, Attempts
from cloud_api.access.shared_secrets import Group, SharedSecrets
from cloud_api.cli import main
from cloud_api.errors import OftenError, SetupError
from tests.cloud.asking import ask, code
from tests.cloud.running import Cloud, HandClock

PATH = "/management/household"


async def status(cloud: Cloud, secret: str) -> int:
    async with cloud.people(None) as people:
        return (await ask(people, "GET", PATH, headers={"Authorization": f"Bearer {secret}"}))[0]


async def test_a_change_lets_both_secrets_in_until_it_ends_without_a_restart(cloud: Cloud) -> None:
    old = cloud.secret()
    shared_secrets.change(cloud.folder.secrets, Group.RESEARCHER)
    new = cloud.secret()
    assert new != old
    assert [await status(cloud, secret) for secret in (old, new)] == [200, 200]
    assert shared_secrets.end_change(cloud.folder.secrets, Group.RESEARCHER)
    assert [await status(cloud, secret) for secret in (old, new)] == [401, 200]
    assert not shared_secrets.end_change(cloud.folder.secrets, Group.RESEARCHER)


async def test_the_service_needs_the_hash_alone(cloud: Cloud) -> None:
    secret = cloud.secret()
    hashed = cloud.folder.secrets / "researcher.sha256"
    assert hashed.read_text().split() == [hashlib.sha256(secret.encode()).hexdigest()]
    (cloud.folder.secrets / "researcher").unlink()
    assert await status(cloud, secret) == 200
    assert not shared_secrets.make(cloud.folder.secrets, Group.RESEARCHER)


async def test_who_guesses_has_to_wait_even_with_the_right_secret(cloud: Cloud, clock: HandClock) -> None:
    assert [await status(cloud, f"guess {each}") for each in range(6)] == [401] * 5 + [429]
    assert await status(cloud, cloud.secret()) == 429
    clock.move(timedelta(seconds=12))
    assert await status(cloud, cloud.secret()) == 200


async def test_one_address_gets_so_many_answers_a_minute(cloud: Cloud, clock: HandClock) -> None:
    often = Attempts(a_minute=120)
    for _ in range(120):
        often.check("192.0.2.7", at=clock.now())
        often.count("192.0.2.7", at=clock.now())
    with pytest.raises(OftenError, match="too many attempts") as refusal:
        often.check("192.0.2.7", at=clock.now())
    assert refusal.value.wait == 1
    often.check("192.0.2.8", at=clock.now())
    clock.move(timedelta(seconds=1))
    often.check("192.0.2.7", at=clock.now())


def test_of_very_many_addresses_the_oldest_start_afresh() -> None:
    clock = HandClock()
    often = Attempts(a_minute=1)
    for number in range(REMEMBERED + 1):
        often.count(str(number), at=clock.now())
    often.check("0", at=clock.now())
    with pytest.raises(OftenError):
        often.check("1", at=clock.now())


async def test_whose_requests_are_too_many_is_told_when_to_come_back(cloud: Cloud) -> None:
    async with cloud.away():
        cloud.settings = replace(cloud.settings, requests_a_minute=2)
    async with cloud.people() as people:
        assert [(await ask(people, "GET", PATH))[0] for _ in range(2)] == [200, 200]
        assert await code(people, "GET", PATH) == (429, "too-often")


def test_commands_change_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--data", str(tmp_path / "data"))
    assert main(["init", *options]) == 0
    plain = tmp_path / "data" / "secrets" / "administrator"
    old = plain.read_text()
    assert main(["secret", "change", "administrator", *options]) == 0
    assert "stays good until `cloud-api secret end-change administrator`" in capsys.readouterr().out
    known = SharedSecrets.load(plain.parent)
    assert [known.group(each) for each in (old, plain.read_text())] == [Group.ADMINISTRATOR] * 2
    for expected in ("the old secret is good no more", "there was one secret only"):
        assert main(["secret", "end-change", "administrator", *options]) == 0
        assert expected in capsys.readouterr().out
    assert known.group(old) is None


def test_hashes_that_are_none_are_told(tmp_path: Path) -> None:
    shared_secrets.make(tmp_path, Group.RESEARCHER)
    shared_secrets.make(tmp_path, Group.ADMINISTRATOR)
    (tmp_path / "researcher.sha256").write_text("none")
    with pytest.raises(SetupError, match="cannot be read"):
        SharedSecrets.load(tmp_path)


def test_the_keys_of_the_roots_can_lie_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, stick = tmp_path / "data", tmp_path / "stick"
    assert main(["init", "--data", str(data), "--root-keys", str(stick)]) == 0
    assert "keep them offline" in capsys.readouterr().out
    assert sorted(file.name for file in stick.iterdir()) == ["device-root.key", "server-root.key"]
    assert not list((data / "pki").glob("*root.key"))
    stick.rename(tmp_path / "put away")
    assert main(["init", "--data", str(data)]) == 0
    assert "offline" not in capsys.readouterr().out
    assert main(["init", "--data", str(data), "--name", "cloud.example.org"]) == 1
    assert "server-root" in capsys.readouterr().err
    found = str(tmp_path / "put away")
    assert main(["init", "--data", str(data), "--name", "cloud.example.org", "--root-keys", found]) == 0
