"""The questionnaire: a flat form with numbered rows, and the household that it describes.

A field is called as the JSON pointer to it, with dots: `pv_systems.0.tilt`. So a fault finds its field.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from cloud_api import wire
from cloud_api.errors import Fault, FieldsError
from cloud_api.wire.checks import check_household

Form = Mapping[str, str]

SECTIONS: dict[str, type[wire.Message]] = {
    "participant": wire.ParticipantDraft,
    "address": wire.Address,
    "location": wire.Location,
    "metadata": wire.Metadata,
}
ROWS: dict[str, type[wire.Message]] = {
    "measurement_devices": wire.MeasurementDeviceDraft,
    "meters": wire.MeterDraft,
    "pv_systems": wire.PVSystemDraft,
}
OPTIONAL = "location"
MOST_ROWS = 100
FIRST = {
    "address.country": "DE",
    "measurement_devices.0.name": "",
    "meters.0.type": "ELECTRICITY",
    "meters.0.model_number": "",
    "meters.0.measurement_device": "0",
}
"""What an empty questionnaire begins with."""
NEEDED = "This is needed."
EXPECTED = {
    "name": "Expected one line of text.",
    "email": "Expected an e-mail address such as erika@example.org.",
    "street": "Expected one line of text.",
    "house_number": "Expected a house number such as 4a.",
    "postal_code": "Expected a postal code such as 65195.",
    "city": "Expected one line of text.",
    "country": "Expected two capital letters such as DE.",
    "latitude": "Expected degrees from -90 to 90, such as 50.08.",
    "longitude": "Expected degrees from -180 to 180, such as 8.24.",
    "children": "Expected a whole number from 0 to 1000.",
    "adults": "Expected a whole number from 0 to 1000.",
    "employed_adults": "Expected a whole number from 0 to 1000.",
    "ev_charger": "Expected yes or no.",
    "heat_pump": "Expected yes or no.",
    "home_battery": "Expected yes or no.",
    "type": "Expected ELECTRICITY or PV-GENERATION.",
    "model_number": "Expected a model number such as MT681: capital letters, digits and hyphens.",
    "measurement_device": "Expected one of the measurement devices.",
    "nominal_power": "Expected a power in kW above 0, such as 9.8.",
    "azimuth": "Expected degrees from 0 to 360.",
    "tilt": "Expected degrees from 0 to 90.",
    "installation_date": "Expected a day between 1970 and today, such as 2012-06-15.",
    "meter": "Expected one of the generation meters.",
}
"""What is expected of a field, by the last part of its name."""
STAND_IN: dict[str, object] = {
    "name": "-",
    "email": "nobody@example.invalid",
    "street": "-",
    "house_number": "1",
    "postal_code": "00000",
    "city": "-",
    "country": "XX",
    "latitude": 50.0,
    "longitude": 8.0,
    "children": 0,
    "adults": 1000,
    "employed_adults": 0,
    "ev_charger": False,
    "heat_pump": False,
    "home_battery": False,
    "type": "PV-GENERATION",
    "model_number": "EHZ",
    "measurement_device": 0,
    "nominal_power": 1.0,
    "azimuth": 0.0,
    "tilt": 0.0,
    "installation_date": date(2000, 1, 1),
    "meter": 0,
}
"""What stands for an answer that does not fit, so that the others can be compared all the same."""
CROSSED = {
    "postal_code": "Expected five digits, as the country is DE.",
    "employed_adults": "Expected no more than there are adults.",
    "email": "This e-mail address belongs to another participant.",
}
"""What is expected of a field because of another."""
REFERENCES = frozenset({"meter", "measurement_device"})
"""Fields that name another row."""
SAME = REFERENCES | {"installation_date"}
"""Fields of which the Data API expects what the questionnaire does."""
SHOWN_AT = {"location": "location.latitude", "address": "address.street"}
"""The field beside which a fault of several is shown."""
CAPITALS = frozenset({"model_number", "country"})
"""Fields that are capital letters, however they are typed."""
TRUE, FALSE = (
    frozenset({"yes", "ja", "true", "1", "on", "x", "wahr"}),
    frozenset({"no", "nein", "false", "0", "", "falsch"}),
)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ROW = re.compile(r"(\w+)\.(\d{1,3})\.\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a form came to: a household, or what is wrong with which field."""

    draft: wire.HouseholdDraft | None
    faults: dict[str, str]


def read(form: Form, today: date) -> Read:
    """The household of a form, or every fault of it beside the name of its field."""
    faults: dict[str, str] = {}
    document: dict[str, Any] = {}
    for section, kind in SECTIONS.items():
        if section != OPTIONAL or any(form.get(f"{section}.{name}", "").strip() for name in kind.__struct_fields__):
            document[section] = _part(form, section, kind, faults)
    for section, kind in ROWS.items():
        document[section] = [_part(form, f"{section}.{place}", kind, faults) for place in range(count(form, section))]
    if not document["measurement_devices"]:
        faults["measurement_devices"] = "Expected at least one measurement device."
        return Read(draft=None, faults=faults)
    draft = msgspec.convert(document, wire.HouseholdDraft)
    try:
        check_household(draft, today)
    except FieldsError as error:
        places = {name: place for place, name in enumerate(form)}
        faults = dict(sorted((beside(error.faults) | faults).items(), key=lambda fault: places.get(fault[0], -1)))
    return Read(draft=None if faults else draft, faults=faults)


def beside(faults: Iterator[Fault] | list[Fault] | tuple[Fault, ...]) -> dict[str, str]:
    """Faults by the names of their fields, in words of the questionnaire where it has some."""
    found = {}
    for fault in faults:
        name = fault.pointer[1:].replace("/", ".")
        name = SHOWN_AT.get(name, name)
        last = name.rpartition(".")[2]
        crossed = CROSSED.get(last) or (EXPECTED[last] if last in SAME else None)
        found[name] = crossed or fault.detail
    return found


def count(form: Form, section: str) -> int:
    """How many rows of a kind the form has."""
    places = [int(row[2]) for name in form if (row := _ROW.fullmatch(name)) and row[1] == section]
    return min(max(places, default=-1) + 1, MOST_ROWS)


def added(form: Form, section: str) -> dict[str, str]:
    """The form with another row of a kind."""
    place = count(form, section)
    if section not in ROWS or place >= MOST_ROWS:
        return dict(form)
    return {**form, **{f"{section}.{place}.{name}": "" for name in ROWS[section].__struct_fields__}}


def removed(form: Form, section: str, place: int) -> dict[str, str]:
    """The form without a row; those after it move up, and what pointed at it points at nothing."""
    found = {}
    for name, value in form.items():
        row = _ROW.fullmatch(name)
        if row and row[1] == section:
            at = int(row[2])
            if at == place:
                continue
            name = f"{section}.{at - (at > place)}.{name.rpartition('.')[2]}"
        elif name.rpartition(".")[2] == section.removesuffix("s") and value.isdigit():
            value = "" if int(value) == place else str(int(value) - (int(value) > place))
        found[name] = value
    return found


def _part(form: Form, prefix: str, kind: type[wire.Message], faults: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        name = f"{prefix}.{field.name}"
        text = form.get(name, "").strip()
        if field.name in CAPITALS:
            text = text.upper()
        found[field.name] = STAND_IN.get(field.name)
        if not text and field.type is not bool:
            faults[name] = NEEDED
            continue
        try:
            found[field.name] = _value(text, field.type)
        except (ValueError, msgspec.ValidationError):
            faults[name] = EXPECTED[field.name]
    return found


def as_value(name: str, text: str) -> str:
    """An answer as a correction holds it, such as `true` for ja; what is no answer of the field stays as it is."""
    kinds = {
        field.name: field.type
        for part in (*SECTIONS.values(), *ROWS.values())
        for field in msgspec.structs.fields(part)
        if field.name not in REFERENCES
    }
    try:
        return written(_value(text.upper() if name in CAPITALS else text, kinds[name]))
    except (KeyError, ValueError, msgspec.ValidationError):
        return text


def written(value: object) -> str:
    """A value as a history or a correction writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _value(text: str, kind: Any) -> Any:
    """What is written as a value; numbers may have the comma of German, and days its order."""
    if kind is bool:
        if text.lower() not in TRUE | FALSE:
            raise ValueError(text)
        return text.lower() in TRUE
    if kind is date and (german := _GERMAN_DAY.fullmatch(text)):
        return date(int(german[3]), int(german[2]), int(german[1]))
    bare = getattr(kind, "__origin__", kind)
    if bare is float:
        text = text.replace(",", ".")
    if bare in {int, float} and "_" in text:
        raise ValueError(text)
    return msgspec.convert(bare(text) if bare in {int, float} else text, kind, strict=False)
