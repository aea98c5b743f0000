"""A disk that turns read-only, at the start or while it is used: everything goes on in memory, and back later."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.errors import StoreError
from edge_app.store import Store, consents, measurements, refuge
from edge_app.store.store import TRY_AGAIN
from edge_app.testing import HandClock
from tests.store.values import GRANTED, measurement

MEBIBYTE = 1024 * 1024


def mount(*words: str | Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a disk is mounted by root alone")
    if subprocess.run(["mount", *words], check=False, capture_output=True).returncode:
        pytest.skip("a disk cannot be mounted here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=40m", "none", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Path]:
    """An ext4 on a device of its own, which turns read-only at the first error, as that of an image does."""
    image, folder = tmp_path / "card.img", tmp_path / "card"
    folder.mkdir()
    image.write_bytes(b"")
    os.truncate(image, 32 * MEBIBYTE)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", image], check=True)
    mount("-o", "loop,errors=remount-ro", image, folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fail(folder: Path) -> None:
    """Let the file system find an error, as a worn card makes it."""
    source = subprocess.run(
        ["findmnt", "--noheadings", "--output", "SOURCE", folder], check=True, capture_output=True, text=True
    ).stdout.strip()
    trigger = Path("/sys/fs/ext4") / Path(source).name / "trigger_fs_error"
    if not trigger.exists():
        pytest.skip("this kernel lets nobody make an error")
    trigger.write_text("an error of a test")


async def waiting(path: Path) -> int:
    async with Store.open(path, ballast=MEBIBYTE) as store:
        return await store.run(measurements.waiting)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    remount(folder, "ro")
    try:
        yield
    finally:
        remount(folder, "rw")


@pytest.mark.parametrize("known", [True, False], ids=["with a database", "without one"])
async def test_a_start_on_a_read_only_disk_measures_into_memory_and_goes_back(
    disk: Path, caplog: pytest.LogCaptureFixture, known: bool
) -> None:
    path, clock = disk / "edge.db", HandClock()
    if known:
        async with Store.open(path, ballast=MEBIBYTE) as store:
            await store.run(consents.remember, GRANTED)
            await store.run(measurements.keep, measurement(0))
    remount(disk, "ro")
    async with Store.open(path, ballast=MEBIBYTE, clock=clock) as store:
        assert await store.run(measurements.keep, measurement(1))
        await clock.advance(TRY_AGAIN)
        assert await store.run(measurements.keep, measurement(2))
        await store.erase_traces()
        remount(disk, "rw")
        assert not known or await waiting(path) == 1
        assert await store.run(measurements.keep, measurement(3))
        await clock.advance(TRY_AGAIN)
        assert await store.run(measurements.keep, measurement(4))
        assert await store.run(consents.current) == (GRANTED if known else await store.run(consents.current))
    assert await waiting(path) == 4 + known
    assert caplog.text.count("what is measured is kept in memory") == 1
    assert caplog.text.count("has what was kept in memory") == 1


async def test_a_card_that_fails_while_it_is_used_costs_nothing_that_was_kept(
    card: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, clock = card / "edge.db", HandClock()
    async with Store.open(path, ballast=MEBIBYTE, clock=clock) as store:
        for slot in range(50):
            await store.run(measurements.keep, measurement(slot))
        fail(card)
        for slot in range(50, 60):
            assert await store.run(measurements.keep, measurement(slot))
        await clock.advance(TRY_AGAIN)
        assert await store.run(measurements.waiting) == 60
    assert "what is measured is kept in memory" in caplog.text
    assert "the ballast" not in caplog.text


async def test_too_much_for_memory_is_said(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = disk / "edge.db"
    async with Store.open(path, ballast=MEBIBYTE) as store:
        await store.run(measurements.keep, measurement(0))
    monkeypatch.setattr(refuge, "LARGEST", 4096)
    with read_only(disk), pytest.raises(StoreError, match="too many for memory"):
        async with Store.open(path, ballast=MEBIBYTE):
            pass


async def test_what_is_wrong_with_a_statement_is_no_fault_of_the_disk(path: Path) -> None:
    def nonsense(db: Database) -> None:
        db.execute("select nothing from nowhere")

    async with Store.open(path, ballast=MEBIBYTE) as store:
        with pytest.raises(StoreError, match="syntax error"):
            await store.run(nonsense)
        assert await store.run(measurements.keep, measurement(0))
    assert path.exists()
