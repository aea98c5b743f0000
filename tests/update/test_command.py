"""`edge-app update` as people and units call it."""

import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge_app.cli import main
from edge_app.fleet.update.evidence import Mark
from edge_app.fleet.update.journal import Trial, journal_of, reported
from edge_app.fleet.update.slots import Slots
from edge_app.store.database import open_database
from tests.cloud.running import running_cloud
from tests.update.cellar import BEGIN
from tests.update.publishing import Publisher
from tests.update.wheels import application


@pytest.fixture
def slots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slots:
    """A home, and this program as if it stood in its slot; the supervisor's command does nothing."""
    slots = Slots(tmp_path / "home")
    prefix = slots.folder("1.0.0")
    prefix.mkdir(parents=True)
    slots.point("current", "1.0.0")
    slots.seal("1.0.0")
    (slots.home / "update").mkdir()
    monkeypatch.setattr(sys, "prefix", str(prefix))
    command = tmp_path / "bin" / "systemctl"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\n[ $1 != is-active ]\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")
    return slots


def say(folder: Path, *words: str) -> int:
    return main(["--config", str(folder), "update", *words])


async def device(tmp_path: Path, publisher: Publisher | None, *then: Sequence[str]) -> list[int]:
    """What these commands end with, on a device whose cloud serves a repository."""
    async with running_cloud(tmp_path / "cloud") as cloud:
        household = await cloud.add_household()
        folder = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "device")
        open_database(folder / "edge.db", largest=2**28, now=BEGIN).close()
        if publisher:
            shutil.copytree(publisher.folder, cloud.folder.path / "releases", dirs_exist_ok=True)
        return [await asyncio.to_thread(say, folder, *words) for words in then]


async def test_it_looks_over_mutual_tls_at_what_the_cloud_serves(
    slots: Slots, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher = Publisher(tmp_path / "published")
    publisher.release("1.1.0", [application(tmp_path / "made", "1.1.0")], stages=[])
    publisher.channel("1.1.0")
    publisher.publish()
    (slots.home / "root.json").write_bytes(publisher.root)
    assert await device(tmp_path, publisher, (), ("--now",), ("--status",)) == [0, 0, 0]
    assert "version 1.0.0 runs, from the slot image; current" in capsys.readouterr().out
    assert (slots.home / "update/metadata/timestamp.json").exists()
    assert slots.of("kept") == "1.0.0"
    assert reported(Path(sys.prefix)) == {
        "version": "1.0.0",
        "slot": "image",
        "state": "current",
        "tried": None,
        "reason": None,
    }


async def test_what_it_refuses_it_says(slots: Slots, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (slots.home / "root.json").write_bytes(Publisher(tmp_path / "other").root)
    publisher = Publisher(tmp_path / "published")
    publisher.publish()
    assert await device(tmp_path, publisher, (), ("--status",)) == [0, 0]
    assert "signed by" in capsys.readouterr().out
    assert say(tmp_path / "device", "--status", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["report"]["state"], said["failed"]) == ("refused", {})


async def test_the_start_of_a_version_on_trial_is_counted_until_it_had_enough(
    slots: Slots, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = journal_of(slots)
    await device(tmp_path, None)
    folder = tmp_path / "device"
    assert say(folder, "--starting") == 0
    assert journal.starts == 0
    slots.folder("1.1.0").mkdir()
    slots.point("kept", "1.0.0")
    slots.point("current", "1.1.0")
    journal.note(Trial(version="1.1.0", back="1.0.0", began=BEGIN, mark=Mark()))
    for starts in (1, 2, 3):
        assert say(folder, "--starting") == 0
        assert (journal.starts, slots.of("current")) == (starts, "1.1.0")
    assert say(folder, "--starting") == 0
    assert (slots.of("current"), journal.trial) == ("1.0.0", None)
    capsys.readouterr()
    assert say(folder, "--status") == 0
    said = capsys.readouterr().out
    assert "rolled-back" in said
    assert "version 1.1.0 is not tried again: it was started more than 3 times" in said
    assert say(folder, "--starting") == 0


async def test_a_version_tries_itself_on_a_copy(slots: Slots, tmp_path: Path) -> None:
    await device(tmp_path, None)
    assert say(tmp_path / "device", "--check", str(tmp_path / "copy.db")) == 0
    assert (tmp_path / "copy.db").exists()
    assert say(tmp_path / "nowhere", "--check", str(tmp_path / "copy.db")) == 1


def test_before_the_first_look_there_is_nothing_to_say(slots: Slots, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(slots.home, "--status") == 0
    assert capsys.readouterr().out == "no update was looked for yet\n"


def test_a_program_that_stands_by_itself_is_not_updated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert say(tmp_path, "--status") == 1
    assert "is no slot beside others" in capsys.readouterr().err
    assert reported(tmp_path) is None
