"""Checks of what a plugin's author has written: sources of figures, names of registers, whose telegrams they are.

A check is a function of a subject that gives one sentence for each thing that is wrong.
"""

import inspect
import re
from collections.abc import Iterator, Mapping

from edge_app.kit.sample import read_examples
from edge_app.kit.subject import Subject
from edge_app.metering.profile import OF_OTHERS
from edge_app.model.obis import Obis

GUESS = "guess"
"""The word in the source of a figure that nobody has measured or read."""
_CODE = re.compile(r"(?:\d{1,3}-\d{1,3}:)?\d{1,3}\.\d{1,3}\.\d{1,3}(?:\*\d{1,3})?|\b[0-9a-f]{12}\b")


def is_evidenced(subject: Subject) -> Iterator[str]:
    """It brings a scrubbed recording of a real meter, or two variants with their sources."""
    sourced = [variant for variant in subject.profile.variants.values() if _is_source(variant.source)]
    for recorded in subject.recordings:
        if not recorded.recording.scrubbed:
            yield f"{recorded.name} tells which meter it is (`edge-app capture --scrub` makes it fit to be shared)"
    if not any(_is_source(recorded.source) for recorded in subject.recordings):
        yield from (f"{recorded.name}: {recorded.source!r}" for recorded in subject.recordings)
    if not subject.recordings and len(sourced) < 2:
        yield "no recording of a real meter in the folder captures, and no two variants with sources"


def names_registers(subject: Subject) -> Iterator[str]:
    """Each register that it shows is named in the profile's entries or in the docstring of the class."""
    states = [
        state for variant in subject.profile.variants.values() for state in (variant.unlocked, variant.locked) if state
    ]
    named = {entry.code for state in states for entry in state.entries}
    named |= {Obis.parse(code) for code in _CODE.findall(inspect.getdoc(subject.meter) or "")}
    for code in sorted(_shown(subject) - named):
        yield f"{code.dotted} is shown, and named neither in an entry of the profile nor in the docstring"


def tells_sources(subject: Subject) -> Iterator[str]:
    """Every figure tells its source, and none is a guess."""
    for name, variant in subject.profile.variants.items():
        told = {name: variant.source, f"{name}, unlocked": variant.unlocked.source}
        if variant.locked:
            told[f"{name}, locked"] = variant.locked.source
        yield from (f"variant {place}: {source!r}" for place, source in told.items() if not _is_source(source))
    for table in OF_OTHERS:
        for place, source in _sources(table, subject.profile.tables.get(table, {})):
            if not _is_source(source):
                yield f"{place}: {source!r}"


def _shown(subject: Subject) -> set[Obis]:
    shown = {code for _, reading in read_examples(subject.meter) for code in reading.registers}
    for recorded in subject.recordings:
        shown |= {code for telegram in recorded.telegrams() for code in subject.meter().read(telegram).registers}
    return shown | subject.meter.locked | subject.meter.unlocked


def _sources(place: str, content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every source in a table and in the tables below it."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _sources(f"{place}: {key}", value)
        elif key == "source":
            yield place, str(value)


def _is_source(text: str) -> bool:
    return bool(text.strip()) and GUESS not in text.casefold()
