"""Checks of whom a plugin recognises: its own telegrams, and nobody else's.

A check is a function of a subject that gives one sentence for each thing that is wrong.
"""

from collections.abc import Iterator

from edge_app.kit.sample import read_examples
from edge_app.kit.subject import Subject
from edge_app.metering.meter import Meter
from edge_app.metering.profile import Example
from edge_app.model.reading import Reading


def recognises(subject: Subject) -> Iterator[str]:
    """It recognises its own telegrams."""
    for example, reading in read_examples(subject.meter):
        if not subject.meter().recognises(reading):
            yield f"does not recognise its own telegram: {example.note}"
    for recorded in subject.recordings:
        for number, telegram in enumerate(recorded.telegrams(), start=1):
            if not subject.meter().recognises(subject.meter().read(telegram)):
                yield f"does not recognise telegram {number} of {recorded.name}"


def stands_apart(subject: Subject) -> Iterator[str]:
    """It recognises no telegram of another model, save of one that sends alike."""
    twins = alike(subject)
    for other in subject.others:
        if other not in twins:
            for example, reading in _sent_by(other):
                if subject.meter().recognises(reading):
                    yield f"recognises a telegram of {other.model}: {example.note}"


def alike(subject: Subject) -> list[type[Meter]]:
    """The other models that no telegram tells from this one: each recognises all that the other sends."""
    return [
        other
        for other in subject.others
        if _recognises_all(subject.meter, other) and _recognises_all(other, subject.meter)
    ]


def _recognises_all(meter: type[Meter], other: type[Meter]) -> bool:
    sent = _sent_by(other)
    return bool(sent) and all(meter().recognises(reading) for _, reading in sent)


def _sent_by(meter: type[Meter]) -> list[tuple[Example, Reading]]:
    """The examples of a model; none of one that is not fit to be used, which is its own affair."""
    try:
        return list(read_examples(meter))
    except Exception:  # a plugin is other people's code, and may raise whatever it likes
        return []
