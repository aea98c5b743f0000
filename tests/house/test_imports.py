"""Imports point down, stand at the top of their module, and every module says what it is about."""

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, modules, tool

ALL = modules(*PACKAGES, "docs", "tests", "benchmarks")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool("lint-imports"), "--no-cache"], cwd=root, capture_output=True, text=True, check=False)


def hidden_imports(source: str) -> list[int]:
    """The lines of imports that stand inside functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.lineno
        for function in ast.walk(ast.parse(source))
        if isinstance(function, functions)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def test_nobody_imports_from_above() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The house once more, to break things in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module in modules("edge_app", "meter_plugins", "cloud_api"):
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / module, tmp_path / module)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "wrong", "contract"),
    [
        ("edge_app/model/obis.py", "edge_app.clock", "On the device, imports point down"),
        ("edge_app/store/store.py", "edge_app.sync.client", "On the device, imports point down"),
        ("edge_app/upstairs.py", "edge_app.model", "On the device, imports point down"),
        ("meter_plugins/mt681.py", "edge_app.store.store", "A meter plugin knows metering alone"),
        (
            "edge_app/metering/plugins/catalogue.py",
            "meter_plugins.mt681",
            "The device finds its meters without importing them",
        ),
        ("edge_app/sync/wire.py", "cloud_api.wire", "Cloud and device share a document and no code"),
        ("cloud_api/store/households.py", "cloud_api.privacy.placing", "In the cloud, imports point down"),
        ("cloud_api/upstairs.py", "cloud_api.errors", "In the cloud, imports point down"),
        ("cloud_api/wire/message.py", "meter_plugins.ehz", "The cloud stands apart from the meters"),
    ],
)
def test_an_import_that_breaks_a_contract_is_found(copy: Path, module: str, wrong: str, contract: str) -> None:
    with (copy / module).open("a") as file:
        file.write(f"\nimport {wrong}\n")
    linted = lint_imports(copy)
    assert linted.returncode != 0
    assert f"{contract} BROKEN" in linted.stdout


def test_no_import_hides_in_a_function() -> None:
    found = {str(module): hidden_imports((ROOT / module).read_text()) for module in ALL}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_an_import_that_hides_is_found() -> None:
    assert hidden_imports("import os\n\nclass A:\n    async def b(self):\n        from os import path\n") == [5]


def test_every_module_opens_with_a_sentence_on_its_subject() -> None:
    assert [str(module) for module in ALL if not opens_with_a_sentence(module)] == []


def opens_with_a_sentence(module: Path) -> bool:
    """Whether its docstring begins with a whole sentence; a folder of tests may be a package without a word."""
    source = (ROOT / module).read_text()
    if module.parts[0] == "tests" and not source:
        return True
    said = ast.get_docstring(ast.parse(source)) or ""
    return said.split("\n\n")[0].endswith((".", ":", "?"))
