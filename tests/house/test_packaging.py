"""What is installed is what lies here: the wheel holds every file of the packages, and every distribution is pinned."""

import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, files

INSTALLED_AS = {"templates": "zaehlwerk_templates"}
NOT_PINNED = {"zaehlwerk", "pip"}
"""Ourselves, and what a virtual environment holds before anything of ours."""
MADE = [file.relative_to(ROOT) for file in sorted((ROOT / "templates/static").glob("uPlot.*"))]
"""What git ignores and the wheel carries: the charts, from npm, where it is there."""


@pytest.fixture(scope="module")
def setup() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser()
    parsed.read(ROOT / "setup.cfg", encoding="utf-8")
    return parsed


def lines(setup: configparser.ConfigParser, section: str, option: str) -> list[str]:
    return [line.strip() for line in setup.get(section, option).splitlines() if line.strip()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of a copy, so that nothing of an earlier build is in it and nothing of this one stays here."""
    folder = tmp_path_factory.mktemp("wheel")
    for file in [*files(), *MADE]:
        (folder / "source" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / "source" / file)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
    built = subprocess.run(
        [*pip, "--wheel-dir", folder, folder / "source"], capture_output=True, text=True, check=False, cwd=folder
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = folder.glob("zaehlwerk-*.whl")
    return zipfile.ZipFile(file)


def installed(file: Path) -> str:
    """Where a file of a package lies once it is installed."""
    return Path(INSTALLED_AS.get(file.parts[0], file.parts[0]), *file.parts[1:]).as_posix()


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: zipfile.ZipFile) -> None:
    lying_here = {installed(file) for file in [*files(), *MADE] if file.parts[0] in PACKAGES}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert lying_here - held == set()
    assert held - lying_here == set()
    for sample in ("edge_app/py.typed", "meter_plugins/mt681.toml", "zaehlwerk_templates/edge/home.html"):
        assert sample in held


def test_the_wheel_says_its_licence_and_brings_its_text(wheel: zipfile.ZipFile) -> None:
    metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    assert re.search(r"^License(-Expression)?: GPL-3\.0-or-later$", wheel.read(metadata).decode(), re.MULTILINE)
    assert any(name.rsplit("/", 1)[-1] == "LICENSE" for name in wheel.namelist())


def test_every_folder_with_modules_is_listed_as_a_package(setup: configparser.ConfigParser) -> None:
    folders = {file.parent for file in files() if file.parts[0] in PACKAGES and file.suffix == ".py"}
    assert sorted(lines(setup, "options", "packages")) == sorted(
        installed(folder).replace("/", ".") for folder in folders
    )


def test_every_meter_comes_through_an_entry_point(setup: configparser.ConfigParser) -> None:
    modules = {file.stem for file in files() if file.match("meter_plugins/*.py")} - {"__init__"}
    points = lines(setup, "options.entry_points", "edge_app.meters")
    assert sorted(points) == sorted(f"{name} = meter_plugins.{name}" for name in modules)


def normal(name: str) -> str:
    """A distribution's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pinned() -> dict[str, str]:
    entries = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and line[0] != "#"]
    split = [entry.partition("==") for entry in entries]
    assert [entry for entry, (_, equals, version) in zip(entries, split, strict=True) if not (equals and version)] == []
    return {normal(name): version for name, _, version in split}


def test_every_installed_distribution_is_pinned_at_its_version(pinned: dict[str, str]) -> None:
    found = {normal(each.name): each.version for each in distributions()}
    ours = {name: version for name, version in found.items() if name not in NOT_PINNED}
    assert ours
    assert {name: version for name, version in ours.items() if pinned.get(name) != version} == {}


def test_every_dependency_is_pinned(setup: configparser.ConfigParser, pinned: dict[str, str]) -> None:
    wanted = {
        normal(re.split(r"[\[<>=!~ ]", line)[0])
        for extra in setup["options.extras_require"]
        for line in lines(setup, "options.extras_require", extra)
    }
    assert "aiohttp" in wanted
    assert wanted - pinned.keys() == set()
