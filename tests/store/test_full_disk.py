"""A disk that is really full, and a database that has reached its cap."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.errors import StoreError
from edge_app.store import Store, measurements
from tests.store.values import START, measurement

MEBIBYTE = 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that has room for the ballast and little more."""
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root alone")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "none", disk], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def fill(disk: Path) -> None:
    """Write until not one block is free."""
    with (disk / "somebody else's").open("ab", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            assert os.statvfs(disk).f_bavail == 0


def keep_many(db: Database, slots: range) -> None:
    for slot in slots:
        assert measurements.keep(db, measurement(slot))


async def test_a_full_disk_costs_the_ballast_and_what_the_cloud_holds(
    small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Store.open(small_disk / "edge.db") as store:
        await store.run(keep_many, range(200))
        await store.run(measurements.confirm, 100, START)
        fill(small_disk)
        for slot in range(200, 300):
            assert await store.run(measurements.keep, measurement(slot))

        assert not (small_disk / "edge.db.ballast").exists()
        queue = [each for _, each in await store.run(measurements.unconfirmed, limit=500)]
        assert queue == [measurement(slot) for slot in range(100, 300)]
        assert await store.run(lambda db: db.execute("pragma integrity_check").fetchone()) == ("ok",)
    assert "the disk is full, the ballast" in caplog.text
    assert "forgot 100 measurements that the cloud holds" in caplog.text


async def test_a_disk_that_stays_full_goes_on_taking_what_fits_into_the_place_of_the_acknowledged(
    small_disk: Path,
) -> None:
    async with Store.open(small_disk / "edge.db") as store:
        await store.run(keep_many, range(1200))
        await store.run(measurements.confirm, 1200, START)
        for first in range(1200, 2000, 200):
            fill(small_disk)
            for slot in range(first, first + 200):
                assert await store.run(measurements.keep, measurement(slot))
        assert await store.run(measurements.waiting) == 800


async def test_on_a_full_disk_deleting_works_again(small_disk: Path) -> None:
    async with Store.open(small_disk / "edge.db") as store:
        await store.run(keep_many, range(1200))
        await store.run(measurements.confirm, 1000, START)
        fill(small_disk)

        await store.run(measurements.forget_acknowledged, START.replace(year=2027))
        assert await store.run(lambda db: db.execute("select count(*) from measurement").fetchone()) == (200,)


async def test_the_store_opens_on_a_full_disk(small_disk: Path) -> None:
    path = small_disk / "edge.db"
    async with Store.open(path) as store:
        await store.run(keep_many, range(10))
    fill(small_disk)

    async with Store.open(path) as store:
        assert await store.run(measurements.keep, measurement(10))


async def test_without_ballast_a_full_disk_is_said_and_nothing_is_damaged(small_disk: Path) -> None:
    path = small_disk / "edge.db"
    async with Store.open(path, ballast=40 * MEBIBYTE) as store:  # as large as the disk: it is not taken
        await store.run(keep_many, range(10))
        assert not (small_disk / "edge.db.ballast").exists()
        fill(small_disk)
        with pytest.raises(StoreError, match=r"edge\.db: .*full"):
            await store.run(keep_many, range(10, 2000))

        (small_disk / "somebody else's").unlink()
        await store.run(keep_many, range(10, 20))
        assert await store.run(measurements.waiting) == 20


async def test_a_database_at_its_cap_gives_up_the_oldest(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with Store.open(path, ballast=MEBIBYTE, largest=MEBIBYTE // 4) as store:
        last = 0
        while "the cloud lacks them" not in caplog.text and last < 5000:
            last += 1
            assert await store.run(measurements.keep, measurement(last))

        queue = [each for _, each in await store.run(measurements.unconfirmed, limit=5000)]
        assert queue == [measurement(slot) for slot in range(501, last + 1)]
        assert await store.run(lambda db: db.execute("pragma page_count").fetchone()) <= (256,)


async def test_while_the_cloud_holds_enough_nothing_else_is_given_up(path: Path) -> None:
    async with Store.open(path, ballast=MEBIBYTE, largest=MEBIBYTE * 15 // 32) as store:
        await store.run(keep_many, range(1500))
        await store.run(measurements.confirm, 1500, START)
        await store.run(keep_many, range(1500, 3300))  # more than one round of forgetting makes room for

        queue = [each for _, each in await store.run(measurements.unconfirmed, limit=5000)]
        assert queue == [measurement(slot) for slot in range(1500, 3300)]
        assert await store.run(lambda db: db.execute("select count(*) from measurement").fetchone()) == (2300,)


async def test_what_can_never_fit_is_said(path: Path) -> None:
    def keep_a_novel(db: Database) -> None:
        db.execute("insert into set_aside (seq, reason, at) values (1, ?, 0)", ["x" * MEBIBYTE])

    async with Store.open(path, ballast=MEBIBYTE, largest=MEBIBYTE // 2) as store:
        with pytest.raises(StoreError, match=r"edge\.db: .*full"):
            await store.run(keep_a_novel)
        assert await store.run(measurements.keep, measurement(0))
