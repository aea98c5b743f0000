"""The documentation forgets nothing, says the same in both languages, leads nowhere that is not there."""

import argparse
import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from cloud_api import cli as cloud_cli
from cloud_api.monitoring.settings import Monitoring
from edge_app import cli as edge_cli
from edge_app.config import Config
from edge_app.metering import Meter
from edge_app.metering.plugins import hookspecs
from meter_plugins import mqtt
from tests.house.site import Page, build
from tests.house.sources import ROOT, files, modules

DOCS = ROOT / "docs"
PAGES = [file for file in files() if file.suffix == ".md"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("site"))


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parsers that take arguments and have no commands below."""
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield parser
    for action in below:
        for command in action.choices.values():
            yield from commands(command)


BROUGHT = {command.name: (command.help, command.add) for command in mqtt.commands()}
COMMANDS = [*commands(edge_cli.parser(BROUGHT)), *commands(cloud_cli.parser())]
EACH_LINE = re.DOTALL | re.MULTILINE


def plain(text: str) -> str:
    """A text without the marks of Markdown and the breaks of lines."""
    return " ".join(text.replace("`", "").split())


def environment_variables(source: str) -> set[str]:
    """The names that a module asks the environment for."""
    return {
        word.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call | ast.Subscript) and "environ" in ast.unparse(node)
        for word in ast.walk(node)
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and re.fullmatch(r"[A-Z][A-Z_]+", word.value)
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.prog)
def test_every_command_is_in_the_reference_with_every_argument(site: Path, command: argparse.ArgumentParser) -> None:
    said = Page.at(site, "reference/commands").sections[command.prog]
    arguments = [each for each in command._actions if each.dest != "help" and each.help != argparse.SUPPRESS]
    for argument in arguments:
        assert all(name in said for name in argument.option_strings or [placeholder(argument)])
        assert argument.help
        assert argument.help.replace("`", "") in said


def placeholder(argument: argparse.Action) -> str:
    """How a word that has no dashes is shown: by its name, or by what it may be."""
    return str(argument.metavar) if argument.metavar else f"{{{','.join(argument.choices or ())}}}"


OF_OTHERS = {
    *("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "BOOT_ID", "JOURNAL_STREAM", "RUNTIME_DIRECTORY"),
    *("LANG", "PROMETHEUS_MULTIPROC_DIR"),
}
"""What systemd says to a service (sd_notify, systemd.exec, `%b` of its unit), the language of whoever calls a command,
and where prometheus-client is told to count: no settings of people."""


def test_every_environment_variable_is_in_the_reference(site: Path) -> None:
    named = {
        name
        for module in modules("edge_app", "cloud_api")
        for name in environment_variables((ROOT / module).read_text())
    }
    assert named >= {"EDGE_APP_CONFIG", "CLOUD_API_DATA"}
    said = "".join(Page.at(site, "reference/commands").sections.values())
    assert [name for name in named - OF_OTHERS if name not in said] == []


def test_every_setting_is_in_the_reference_with_what_it_means(site: Path) -> None:
    sections = Page.at(site, "reference/settings").sections
    tables = get_type_hints(Config)
    assert {"cloud", "meter"} <= tables.keys()
    for name, table in tables.items():
        struct = get_args(table)[0] if get_args(table) else table
        section = sections[f"[[{name}]]" if get_args(table) else f"[{name}]"]
        assert_explained(get_type_hints(struct, include_extras=True), section)


def test_every_setting_of_the_cloud_is_in_the_reference_with_what_it_means(site: Path) -> None:
    sections = Page.at(site, "reference/cloud-settings").sections
    hints = get_type_hints(Monitoring, include_extras=True)
    tables = {name: get_args(kind)[0] for name, kind in hints.items() if not hasattr(kind, "__metadata__")}
    assert {"mail", "webhook", "sentry"} <= tables.keys()
    for name, struct in tables.items():
        assert_explained(get_type_hints(struct, include_extras=True), sections[f"[{name}]"])
    alone = {name: kind for name, kind in hints.items() if name not in tables}
    assert alone
    assert_explained(alone, sections["Above all tables"])


def assert_explained(settings: dict[str, Any], section: str) -> None:
    for setting, kind in settings.items():
        assert setting in section
        (meaning,) = [each.description for each in kind.__metadata__ if each.description]
        assert plain(meaning) in plain(section)


def test_every_endpoint_is_in_the_reference_with_its_scope_and_its_shapes(site: Path) -> None:
    document = json.loads((ROOT / "cloud_api" / "openapi.json").read_text())
    sections = Page.at(site, "reference/data-api").sections
    rows = dict(
        re.findall(r"^((?:GET|POST|PUT|PATCH|DELETE) /\S*)$(.*?)(?=^[A-Z]+ /|\Z)", sections["Endpoints"], EACH_LINE)
    )
    for path, item in document["paths"].items():
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
            row = rows[f"{method.upper()} {path}"]
            scopes = [scope for needed in item[method]["security"] for each in needed.values() for scope in each]
            assert all(scope in row for scope in scopes)
            assert all(status in row for status in item[method]["responses"])
            parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
            assert all(each["name"] in row for each in parameters if each["in"] == "query")
    for name, schema in document["components"]["schemas"].items():
        assert all(field in sections[name] for field in schema.get("properties", {}))


def test_every_hook_and_every_field_of_a_meter_is_in_the_reference(site: Path) -> None:
    sections = Page.at(site, "reference/hooks").sections
    hooks = [hook for hook in vars(hookspecs).values() if hasattr(hook, f"{hookspecs.NAMESPACE}_spec")]
    assert hookspecs.meters in hooks
    for hook in hooks:
        assert plain(inspect.getdoc(hook) or "nothing") in plain(sections[hook.__name__])
    fields = {name for name in (*vars(Meter), *Meter.__annotations__) if not name.startswith("_")}
    assert {"model", "locked", "recognises"} <= fields
    assert [field for field in fields if field not in sections["What a meter says of itself"]] == []


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    loaded = {address for page in pages for address in Page(page).loaded}
    assert loaded
    assert [address for address in loaded if re.match(r"(\w+:)?//", address)] == []


def test_both_languages_have_the_same_pages() -> None:
    pages = [{file.relative_to(tree) for file in tree.rglob("*.md")} for tree in (DOCS / "en", DOCS / "de")]
    assert pages[0] == pages[1]
    assert len(pages[0]) >= 12


@pytest.mark.parametrize("language", ["en", "de"])
def test_participants_are_spared_the_words_of_the_trade(language: str) -> None:
    text = "".join(page.read_text() for page in (DOCS / language / "participants").rglob("*.md"))
    assert text
    assert re.findall(r"OBIS|SML|D0|TLS|API|UTC|JSON|\d\.\d\.\d", text) == []


def headings(page: Path) -> list[int]:
    """The levels of the headings of a page, in their order; what stands in a block of code is none."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=EACH_LINE)
    return [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]


@pytest.mark.parametrize("page", [file for file in PAGES if file.parts[:2] == ("docs", "en")], ids=str)
def test_a_page_has_the_same_headings_in_both_languages(page: Path) -> None:
    assert headings(ROOT / page) == headings(DOCS / "de" / page.relative_to("docs/en"))


def test_the_two_readmes_lead_to_each_other_and_have_the_same_headings() -> None:
    english, german = ROOT / "README.md", ROOT / "README.de.md"
    assert "](README.de.md)" in "".join(english.read_text().splitlines()[:3])
    assert "](README.md)" in "".join(german.read_text().splitlines()[:3])
    assert headings(english) == headings(german)


@pytest.mark.parametrize("page", [file for file in PAGES if file.parts[0] != "docs"], ids=str)
def test_every_link_outside_of_the_site_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text())
    missing = [link for link in links if "://" not in link and not (ROOT / page).parent.joinpath(link).exists()]
    assert missing == []


def test_every_decision_is_listed() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DOCS / "decisions" / "index.md").read_text())
    assert listed == sorted(file.name for file in (DOCS / "decisions").glob("0*.md"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_floors_of_the_house_are_those_of_the_contracts(language: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    built = [
        {name for name in re.findall(r"\w+", floor) if find_module(package, name)}
        for contract in contracts
        if contract["type"] == "layers"
        for package in contract["containers"]
        for floor in contract["layers"]
    ]
    assert {"model"} in built
    assert {"wire"} in built
    told = re.findall(
        r"^\| \d+ \| ([^|]+) \|", (DOCS / language / "contributors" / "house.md").read_text(), re.MULTILINE
    )
    assert [set(re.findall(r"`(\w+)`", modules)) for modules in told] == built


def find_module(package: str, name: str) -> bool:
    """Whether a floor that the contracts provide for has been built."""
    return any((ROOT / package / place).exists() for place in (f"{name}.py", f"{name}/__init__.py"))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.py)`", (ROOT / page).read_text()))
    assert {name for name in named if not any((root / name).exists() for root in (ROOT, ROOT / "edge_app"))} == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_word_of_make_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    words = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text()))
    assert named <= words
    assert page.name not in {"README.md", "README.de.md"} or page.parent.name or {"demo", "test"} <= named


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_a_page_names_is_one(page: Path) -> None:
    known = {command.prog for command in COMMANDS}
    text = (ROOT / page).read_text()
    for program, first, second in re.findall(r"(edge-app|cloud-api) ([a-z][a-z-]*)(?: ([a-z][a-z-]*)\b)?", text):
        assert {f"{program} {first}", f"{program} {first} {second}"} & known, f"{program} {first} {second}"
