"""From a correction to a merge patch: a field of the registration and what a participant says is right."""

from typing import Any

import msgspec

from cloud_api import wire
from cloud_api.errors import Fault, FieldsError, FixedError

LISTS = ("measurement_devices", "meters", "pv_systems")


def check_field(pointer: str, present: wire.Household) -> None:
    """Raises FieldsError where the field is one of a part that the household does not have."""
    section, *steps = pointer[1:].split("/")
    if section in LISTS and steps[0] not in {str(entry.uuid) for entry in getattr(present, section)}:
        sentence = f"Expected the uuid of one of the household's {section}"
        raise FieldsError(sentence, Fault(pointer="/field", detail=sentence))


def patch_of(pointer: str, value: str, present: wire.Household) -> wire.HouseholdPatch:
    """Raises FieldsError where the words are no value of this field, FixedError where its part is gone."""
    section, *steps = pointer[1:].split("/")
    change: Any = {steps[-1]: value}
    if section in LISTS:
        entries = [msgspec.to_builtins(entry) for entry in getattr(present, section)]
        chosen = [entry for entry in entries if entry["uuid"] == steps[0]]
        if not chosen:
            raise FixedError("the part of the household that this is about is gone")
        chosen[0].update(change)
        change = entries
    try:
        return msgspec.convert({section: change}, wire.HouseholdPatch, strict=False)
    except msgspec.ValidationError as error:
        sentence = f"Expected a value that fits {section}; it can be given here in place of the participant's words"
        raise FieldsError(sentence, Fault(pointer="/value", detail=sentence)) from error
