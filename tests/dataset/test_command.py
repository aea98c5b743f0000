"""`cloud-api export`, as it is typed."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from cloud_api.cli import main
from cloud_api.store.database import Database
from tests.dataset.virtual import fresh_folder, seed

SINCE = date(2026, 5, 30)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    folder = await fresh_folder(tmp_path / "cloud")
    async with Database.open(folder.database) as database:
        await seed(database, since=SINCE, days=2, count=1)
    return folder.path


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cloud_api", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def test_a_release_is_written_and_entered_in_the_audit_log(data: Path, tmp_path: Path) -> None:
    until = str(SINCE + timedelta(days=2))
    done = run("export", "--data", data, "--out", tmp_path / "out", "--to", until, "--personal", "--release", "A")
    assert done.returncode == 0, done.stderr
    assert "1 households, " in done.stdout
    async with Database.open(data / "cloud.db") as database, database.read() as connection:
        entries = (await connection.exec_driver_sql("SELECT what FROM audit ORDER BY number DESC LIMIT 1")).all()
    assert entries[0][0] == "data set exported, personal view, release A"
    assert (data / "dataset.key").stat().st_mode & 0o777 == 0o600
    again = run("export", "--data", data, "--out", tmp_path / "out")
    assert again.returncode == 1
    assert "is there already" in again.stderr


async def test_wrong_words_are_told(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", "--data", str(data), "--out", str(tmp_path / "out")]
    assert run(*words, "--to", "2999-01-01").returncode == 1
    assert run(*words, "--from", "2026-06-02", "--to", "2026-06-01").returncode == 1
    with pytest.raises(SystemExit):
        main([*words, "--to", "yesterday"])
    assert "is no day" in capsys.readouterr().err
    (data / "dataset.key").write_text("short")
    told = run(*words)
    assert (told.returncode, "no key" in told.stderr) == (1, True)
