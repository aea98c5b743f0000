"""The two languages of the pages: each sentence is there in both."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import cloud_api.pages
from cloud_api.pages.registration import editing, importing, questionnaire, spreadsheet
from cloud_api.pages.words import of
from cloud_api.privacy.placing import NOWHERE

PAGES = Path(cloud_api.pages.__file__).parent
TEMPLATES = PAGES.parent.parent / "templates" / "cloud"
NAMES = re.compile(r"%\(\w+\)s")
Message = str | tuple[str, ...]


def told() -> set[Message]:
    """Every sentence that templates and modules of the pages say."""
    found: set[Message] = {
        *questionnaire.EXPECTED.values(),
        *questionnaire.CROSSED.values(),
        questionnaire.NEEDED,
        importing.FORMULA,
        importing.TWICE,
        editing.HELD,
        editing.OTHERWISE,
        NOWHERE,
        *re.findall(r'SpreadsheetError\("(.+?)"\)', Path(spreadsheet.__file__).read_text()),
    }
    for _, _, message, *_ in extract_from_dir(TEMPLATES, method_map=[("**.html", "jinja2")]):
        found.add(message)
    for folder in (PAGES, PAGES.parent / "watch"):
        for _, _, message, *_ in extract_from_dir(folder, method_map=[("**.py", "python")], keywords={"say": None}):
            found.add(message)
    return found


def test_german_has_every_sentence_with_the_same_places_for_values() -> None:
    german: dict[Message, Message] = {}
    for file in PAGES.joinpath("catalogue").glob("*.de.po"):
        with file.open("rb") as stream:
            german |= {message.id: message.string for message in read_po(stream) if message.id}

    assert {message for message in told() if not german.get(message)} == set()
    for message, string in german.items():
        for ours, theirs in zip(_forms(message), _forms(string), strict=True):
            assert set(NAMES.findall(ours)) == set(NAMES.findall(theirs)), message


def test_numbers_and_moments_are_written_as_the_language_does() -> None:
    assert of("de").number(1234.5) == "1.234,5"
    assert of("en").number(1234.5) == "1,234.5"
    assert of("de").moment(None) == "–"
    assert of("de").day(None) == "–"
    assert of("de").percent(0.94) == "94\xa0%"
    assert of("en").percent(0.99999) == "99.9%"


def _forms(message: Message) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)
