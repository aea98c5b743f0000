"""Both languages say everything, the same things, and nothing that only technicians understand."""

import re
from string import Formatter

import pytest

from edge_app.model.incident import Cause
from edge_app.web.frame.words import LANGUAGES, catalogue
from tests.house.sources import ROOT, files

SAID = re.compile(r"""say\(\s*"([a-z_.0-9]+)"(?!\s*~)""")
CHOSEN = re.compile(r"""["']((?:frame|enter|home|consent|measurements|meters|uploads|registration)\.[a-z_0-9]+)["']""")
JARGON = ("OBIS", "SML", "Telegramm", "telegram", "JSON-Pointer", "Baud", "Slot", "Cloud", "cloud", "UUID")
PARTICIPANT_S = ("frame", "enter", "home", "troubles", "consent", "measurements", "meters", "uploads", "registration")


def used() -> set[str]:
    """Every message that a page or a module of the pages asks for by its whole name."""
    found: set[str] = set()
    for file in files():
        if file.parts[:2] == ("templates", "edge") or file.parts[:2] == ("edge_app", "web"):
            text = (ROOT / file).read_text()
            found |= {*SAID.findall(text), *CHOSEN.findall(text)}
    return {name for name in found if "." in name and not name.endswith((".html", "."))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_is_used_is_said_in_both_languages(language: str) -> None:
    assert used() - catalogue(language).keys() == set()
    assert {f"{word}.{cause}" for word in ("trouble", "next") for cause in Cause} <= catalogue(language).keys()


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    german, english = (catalogue(language) for language in LANGUAGES)
    assert german.keys() == english.keys()
    for name, forms in german.items():
        assert len(forms) == len(english[name]), name
        assert all(form.strip() for form in (*forms, *english[name])), name
        values = [{field for _, field, _, _ in Formatter().parse(said[-1]) if field} for said in (forms, english[name])]
        assert values[0] == values[1], name


def test_both_languages_lie_in_files_of_the_same_names() -> None:
    folders = [{file.name for file in files() if file.parts[:3] == ("templates", "words", each)} for each in LANGUAGES]
    assert folders[0] == folders[1] != set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_participants_are_spared_the_words_of_technicians(language: str) -> None:
    rooms = {"troubles": ("trouble.", "next.")}
    prefixes = tuple(p for room in PARTICIPANT_S for p in rooms.get(room, (f"{room}.",)))
    said = {name: forms for name, forms in catalogue(language).items() if name.startswith(prefixes)}
    found = {name for name, forms in said.items() for word in JARGON for form in forms if word in form}
    assert found == set()
