"""The words that a field admits are named where another came, wherever in a message it is."""

import pytest

from cloud_api import wire
from cloud_api.api.body import parse
from cloud_api.errors import FieldsError
from cloud_api.wire.choices import choices


@pytest.mark.parametrize(
    ("kind", "steps", "words"),
    [
        (wire.MeasurementQuery, ["step"], ["15min", "day", "hour"]),
        (wire.HouseholdDraft, ["meters", "0", "type"], ["ELECTRICITY", "PV-GENERATION"]),
        (wire.HouseholdPatch, ["meters", "0", "type"], ["ELECTRICITY", "PV-GENERATION"]),
        (wire.HouseholdDraft, ["participant", "name"], []),
        (wire.HouseholdDraft, ["nothing"], []),
    ],
)
def test_the_words_of_a_field(kind: type[wire.Message], steps: list[str], words: list[str]) -> None:
    assert choices(kind, steps) == words


def test_another_word_is_refused_with_those_that_are_admitted() -> None:
    body = b'{"meters": [{"type": "GAS", "model_number": "MT681", "measurement_device": 0}]}'
    with pytest.raises(FieldsError) as refusal:
        parse(body, wire.HouseholdPatch)
    assert [(fault.pointer, fault.detail) for fault in refusal.value.faults] == [
        ("/meters/0/type", "Expected ELECTRICITY or PV-GENERATION")
    ]
