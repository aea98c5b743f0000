"""`cloud-api export`, as it is typed."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cloud_api.cli import parser
from cloud_api.commands import dataset
from cloud_api.commands.releasing import show_progress
from cloud_api.errors import SetupError
from cloud_api.store.database import Database
from tests.dataset.virtual import fresh_folder, seed

SINCE = date(2026, 5, 30)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    folder = await fresh_folder(tmp_path / "cloud")
    async with Database.open(folder.database) as database:
        await seed(database, since=SINCE, days=2, count=1)
    return folder.path


async def run(*words: str | Path) -> str:
    given = parser().parse_args([*map(str, words)])
    said: str = await given.do(given)
    return said


async def test_a_release_is_written_and_entered_in_the_audit_log(data: Path, tmp_path: Path) -> None:
    until = str(SINCE + timedelta(days=2))
    words = ("export", "--data", data, "--out", tmp_path / "out", "--to", until, "--personal", "--release", "A")
    assert "1 households, " in await run(*words)
    async with Database.open(data / "cloud.db") as database, database.read() as connection:
        entries = (await connection.exec_driver_sql("SELECT what FROM audit ORDER BY number DESC LIMIT 1")).all()
    assert entries[0][0] == "data set exported, personal view, release A"
    assert (data / "dataset.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SetupError, match="is there already"):
        await run(*words)


async def test_wrong_words_are_told(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("export", "--data", data, "--out", tmp_path / "out")
    with pytest.raises(SetupError, match="up to today"):
        await run(*words, "--to", "2999-01-01")
    with pytest.raises(SetupError, match="in this order"):
        await run(*words, "--from", "2026-06-02", "--to", "2026-06-01")
    with pytest.raises(SystemExit):
        await run(*words, "--to", "yesterday")
    assert "is no day" in capsys.readouterr().err
    (data / "dataset.key").write_text("short")
    with pytest.raises(SetupError, match="no key"):
        await run(*words)


def test_the_bar_is_shown_where_somebody_looks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show_progress(1, 4)
    assert not capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_progress(1, 4)
    show_progress(4, 4)
    assert capsys.readouterr().err == f"[{'#' * 10}{'.' * 30}] 1/4\r[{'#' * 40}] 4/4\n"


async def test_without_arrow_it_is_said_what_to_install(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataset, "WORK", "cloud_api.commands.nowhere")
    with pytest.raises(SetupError, match="pip install"):
        await run("export", "--data", data, "--out", tmp_path / "out")
