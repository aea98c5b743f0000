"""A slot is built out of checked wheels alone, and a version checks itself before it runs."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_app.errors import UpdateError
from edge_app.fleet.update import backup, building, checking
from edge_app.fleet.update.building import build
from edge_app.fleet.update.documents import Wheel
from edge_app.fleet.update.rights import as_owner, of_owner
from edge_app.fleet.update.slots import Slots
from edge_app.store.database import moved_aside, open_database
from tests.cloud.running import running_cloud
from tests.update.house import sha256
from tests.update.wheels import application, wheel

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
VERSION = "1.1.0"
NOBODY = 65534


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    """A home whose image is what these tests run in."""
    home = tmp_path / "home"
    (home / "slots" / "1.0.0" / "bin").mkdir(parents=True)
    python = home / "slots" / "1.0.0" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    slots = Slots(home)
    slots.point("image", "1.0.0")
    return slots


def built(slots: Slots, folder: Path, body: str = "") -> Path:
    """A slot of a stand-in whose command does this; the slot."""
    file = application(folder, VERSION, body)
    build(slots, VERSION, [listed(file)], folder)
    return slots.folder(VERSION)


def listed(file: Path) -> Wheel:
    return Wheel(name=file.name, sha256=sha256(file), length=file.stat().st_size)


def test_a_slot_is_whole_once_it_is_sealed(slots: Slots, tmp_path: Path) -> None:
    rest = slots.folder(VERSION)
    rest.mkdir()
    (rest / "half").touch()
    slot = built(slots, tmp_path / "wheels", "print('I am', sys.prefix)")
    assert slots.is_sealed(VERSION)
    assert not (slot / "half").exists()
    assert (
        subprocess.run([slot / "bin/edge-app"], capture_output=True, text=True, check=True).stdout == f"I am {slot}\n"
    )
    (tmp_path / "wheels").rename(tmp_path / "gone")
    build(slots, VERSION, [], tmp_path / "wheels")  # what is sealed is not built again


@pytest.mark.parametrize(
    ("name", "words"), [("zaehlwerk", "could not be installed: .*DO NOT MATCH"), ("other", "bring no edge-app")]
)
def test_wheels_that_do_not_make_an_application_are_refused(
    slots: Slots, tmp_path: Path, name: str, words: str
) -> None:
    file = application(tmp_path, VERSION) if name == "zaehlwerk" else wheel(tmp_path, name, "1.0", {"other.py": ""})
    known = listed(file)
    if name == "zaehlwerk":
        file.write_bytes(file.read_bytes() + b"more")
    with pytest.raises(UpdateError, match=words):
        build(slots, VERSION, [known], tmp_path)
    assert not slots.is_sealed(VERSION)


def test_an_installation_that_does_not_end_is_given_up(
    slots: Slots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "LONGEST", 0.01)
    with pytest.raises(UpdateError, match="in time"):
        built(slots, tmp_path / "wheels")


@pytest.fixture
async def device(tmp_path: Path) -> Path:
    """The configuration of a device, with a database."""
    async with running_cloud(tmp_path / "cloud") as cloud:
        household = await cloud.add_household()
        folder = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "device")
    open_database(folder / "edge.db", largest=2**28, now=NOW).close()
    return folder


async def test_a_version_checks_itself_by_its_own_command_on_a_copy(
    slots: Slots, tmp_path: Path, device: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "wheels"
    change = "import sqlite3; sqlite3.connect(sys.argv[-1]).execute('create table if not exists mine (x)')"
    body = f"if '--check' in sys.argv: {change}"
    slot = built(slots, folder, body)
    checking.check(slot, kept=slot, configuration=device, now=NOW)
    assert [each.name for each in device.glob("edge.db*check*")] == []
    with closing(sqlite3.connect(device / "edge.db")) as db:
        assert db.execute("select count(*) from sqlite_master where name = 'mine'").fetchone() == (0,)
    slots.remove(VERSION)
    with pytest.raises(UpdateError, match="cannot be started: No such file"):
        checking.check(slot, kept=slot, configuration=device, now=NOW)
    slot = built(slots, folder, "sys.exit('I miss something')")
    with pytest.raises(UpdateError, match="its check failed: I miss something"):
        checking.check(slot, kept=slot, configuration=device, now=NOW)
    slots.remove(VERSION)
    slot = built(slots, folder, "import time; time.sleep(600)")
    monkeypatch.setattr(checking, "LONGEST", 0.2)
    with pytest.raises(UpdateError, match="does not end"):
        checking.check(slot, kept=slot, configuration=device, now=NOW)


async def test_what_the_doctor_of_before_finds_wrong_too_is_not_held_against_a_version(
    tmp_path: Path, device: Path
) -> None:
    def doctor(name: str, *findings: str) -> Path:
        slot = tmp_path / name
        lines = "".join(f'echo \'{{"check": "{each}", "verdict": "fail"}}\'\n' for each in findings)
        (slot / "bin").mkdir(parents=True)
        (slot / "bin/edge-app").write_text(f'#!/bin/sh\n[ "$3" = doctor ] || exit 0\n{lines}exit 1\n')
        (slot / "bin/edge-app").chmod(0o755)
        return slot

    old, new, worse = doctor("old", "clock"), doctor("new", "clock"), doctor("worse", "clock", "pages")
    checking.check(new, kept=old, configuration=device, now=NOW)
    with pytest.raises(UpdateError, match="finds wrong what was right before: pages"):
        checking.check(worse, kept=old, configuration=device, now=NOW)
    with pytest.raises(UpdateError, match="clock"):
        checking.check(new, kept=doctor("none", 'no", "'), configuration=device, now=NOW)


async def test_this_version_passes_its_own_check_and_says_what_is_missing(tmp_path: Path, device: Path) -> None:
    copy = tmp_path / "copy.db"
    checking.try_out(["edge_app.app"], copy, configuration=device, now=NOW)
    assert backup.is_readable(copy)
    with pytest.raises(UpdateError, match=r"No module named 'edge_app\.nothing'"):
        checking.try_out(["edge_app.nothing"], copy, configuration=device, now=NOW)
    settings = device / "edge.toml"
    settings.write_text(settings.read_text().replace('"MT681"', '"MT999"'))
    with pytest.raises(UpdateError, match="MT999"):
        checking.try_out([], copy, configuration=device, now=NOW)


async def test_a_backup_is_whole_private_and_named_so_that_a_revocation_finds_it(device: Path) -> None:
    backup.back_up(device / "nothing.db", NOW)
    assert backup.copies(device / "nothing.db", "before") == []
    for _ in range(2):
        backup.back_up(device / "edge.db", NOW)
    (kept,) = backup.copies(device / "edge.db", "before")
    assert kept in moved_aside(device / "edge.db")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert backup.is_readable(kept)
    assert not backup.restore(device / "edge.db")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_what_is_the_service_s_is_touched_with_its_rights(tmp_path: Path) -> None:
    """A link in a folder of the service may lead to what is root's alone."""
    with tempfile.TemporaryDirectory() as name:
        secret, folder = tmp_path / "secret", Path(name)
        secret.touch(mode=0o600)
        os.chown(folder, NOBODY, NOBODY)
        (folder / "link").symlink_to(secret)
        with as_owner(folder):
            (folder / "mine").touch()
            with pytest.raises(PermissionError):
                (folder / "link").write_text("written")
        assert (folder / "mine").stat().st_uid == NOBODY
        assert of_owner(folder) == {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        assert os.geteuid() == 0
    secret.write_text("by root again")
