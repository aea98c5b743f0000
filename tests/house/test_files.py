"""The top level stays what it is, modules stay short, and no file tells of a machine."""

import re

import pytest
from pre_commit.clientlib import load_config

from tests.house.sources import ROOT, files, tool

HOUSE = {"edge_app", "meter_plugins", "cloud_api", "templates", "image", "tests", "benchmarks", "docs"}
PAPERS = {"setup.cfg", "pyproject.toml", "Makefile", "README.md", "CHANGELOG.md"}
USUAL = {
    *(".ci", ".gitignore", ".pre-commit-config.yaml", "CONTRIBUTING.md", "LICENSE", "README.de.md"),
    *("constraints.txt", "mkdocs.yml"),
}
LONGEST = 350

OF_A_MACHINE = re.compile(
    r"(?<![\w.-])/(?:work|root|home)/\w|pypi[.]org|pythonhosted[.]org|index[-]url|BEGIN [A-Z ]*PRIVATE KEY"
)


def test_the_top_level_is_the_house_and_its_papers() -> None:
    present = {file.parts[0] for file in files()}
    assert present - HOUSE - PAPERS - USUAL == set()
    assert present >= PAPERS | USUAL


@pytest.mark.parametrize("room", sorted(HOUSE))
def test_no_room_of_the_house_is_empty(room: str) -> None:
    assert any(file.parts[0] == room for file in files())


def test_no_module_is_longer_than_a_reader_s_patience() -> None:
    lengths = {str(file): len((ROOT / file).read_text().splitlines()) for file in files() if file.suffix == ".py"}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_no_file_names_a_path_of_a_machine_an_index_of_packages_or_holds_a_key() -> None:
    found = {str(file): OF_A_MACHINE.findall((ROOT / file).read_bytes().decode(errors="replace")) for file in files()}
    assert {file: words for file, words in found.items() if words} == {}


@pytest.mark.parametrize("text", ["see /" + "work/x", "cd /" + "home/me", "https://pypi" + ".org/simple"])
def test_such_a_name_is_found(text: str) -> None:
    assert OF_A_MACHINE.search(text)


def test_hooks_before_a_commit_fetch_nothing_and_use_the_tools_of_the_project() -> None:
    repositories = load_config(str(ROOT / ".pre-commit-config.yaml"))["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    for hook in (hook for repository in repositories for hook in repository["hooks"]):
        folder, name = hook["entry"].split()[0].rsplit("/", 1)
        assert folder == ".venv/bin"
        assert tool(name).exists()
