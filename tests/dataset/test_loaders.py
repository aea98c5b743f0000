"""The lines with which the manual opens a release, each run where its tool is installed."""

import asyncio
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from cloud_api.store.database import Database
from tests.dataset.exporting import release
from tests.dataset.virtual import fresh_folder, seed

MANUALS = [Path(__file__).parents[2] / f"docs/{language}/researchers/data-set.md" for language in ("en", "de")]
BLOCK = re.compile(r"^### (.+?)\n.*?```(\w+)\n(.*?)```", re.MULTILINE | re.DOTALL)
SINCE = date(2026, 5, 30)
MODULES = {"pandas": "pandas", "polars": "polars", "DuckDB": "duckdb", "Arrow": "pyarrow", "Dask": "dask"}

WITH_ARROW = 'quit(status = !all(c("arrow", "dplyr") %in% rownames(installed.packages())))'


def blocks(manual: Path) -> dict[str, tuple[str, str]]:
    return {name: (language, code) for name, language, code in BLOCK.findall(manual.read_text())}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release over the end of a month in it."""
    home = tmp_path_factory.mktemp("home")

    async def make() -> None:
        folder = await fresh_folder(home / "cloud")
        async with Database.open(folder.database) as database:
            await seed(database, since=SINCE, days=3, count=1)
            await release(folder, database, home / "release", until=SINCE + timedelta(days=3))

    asyncio.run(make())
    return home


@pytest.mark.parametrize("name", [*MODULES, "R"])
def test_the_lines_of_the_manual_open_a_release(name: str, home: Path) -> None:
    language, code = blocks(MANUALS[0])[name]
    if language == "r":
        program = shutil.which("Rscript")
        if not program or subprocess.run([program, "-e", WITH_ARROW], check=False, timeout=60).returncode:
            pytest.skip("R is not installed with arrow and dplyr (Debian has no package of arrow)")
        command = [program, "-e", code]
    else:
        if not find_spec(MODULES[name]):
            pytest.skip(f"{name} is not installed")
        command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "energy_in" in done.stdout or "sum(energy_in)" in done.stdout


def test_both_manuals_have_the_same_lines() -> None:
    english, german = (blocks(manual) for manual in MANUALS)
    assert english == german
    assert set(english) == {*MODULES, "R"}
