"""A registered household as answers of the questionnaire, and answers as a patch of what they change of it."""

import hashlib
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cloud_api import wire
from cloud_api.pages.registration.questionnaire import Form

T = TypeVar("T", bound=wire.Message)
BY_HAND = "manual"


def filled(household: wire.Household) -> dict[str, str]:
    """The answers that would register it as it is. A place that was found by the address is no answer."""
    found: dict[str, str] = {"seen": fingerprint(household)}
    parts: dict[str, wire.Message | None] = {
        "participant": household.participant,
        "address": household.address,
        "metadata": household.metadata,
    }
    if _by_hand(household):
        parts["location"] = household.location
    for section, part in parts.items():
        if part is not None:
            found |= {f"{section}.{name}": _text(value) for name, value in msgspec.to_builtins(part).items()}
    places = _places(household)
    for section, entries in _lists(household).items():
        for place, entry in enumerate(entries):
            for name, value in msgspec.to_builtins(entry).items():
                refers = name in {"meter", "measurement_device"}
                found[f"{section}.{place}.{name}"] = str(places[value]) if refers else _text(value)
    return found


def patch(household: wire.Household, form: Form, draft: wire.HouseholdDraft) -> wire.HouseholdPatch | None:
    """What the answers change of it; None where that is nothing."""
    given: dict[str, Any] = {
        "participant": _changed(household.participant, draft.participant, wire.ParticipantPatch),
        "address": _changed(household.address, draft.address, wire.AddressPatch),
        "metadata": _changed(household.metadata, draft.metadata, wire.MetadataPatch),
        "location": _moved(household, draft),
    }
    kinds: dict[str, type[wire.Message]] = {
        "measurement_devices": wire.MeasurementDeviceEntry,
        "meters": wire.MeterEntry,
        "pv_systems": wire.PVSystemEntry,
    }
    present, renumbered = _rows(household), False
    for section, kind in kinds.items():
        rows = getattr(draft, section)
        uuids = [_uuid(form.get(f"{section}.{place}.uuid", "")) for place in range(len(rows))]
        same_rows = uuids == [entry.uuid for entry in _lists(household)[section]]
        if not same_rows or renumbered or rows != present[section]:
            given[section] = [
                kind(**msgspec.structs.asdict(row), uuid=uuid) for row, uuid in zip(rows, uuids, strict=True)
            ]
        renumbered = renumbered or not same_rows
    found = wire.HouseholdPatch(**given)
    return None if found == wire.HouseholdPatch() else found


def fingerprint(household: wire.Household) -> str:
    """What tells a household from what it was or will be."""
    return hashlib.sha256(msgspec.json.encode(household)).hexdigest()[:16]


def _rows(household: wire.Household) -> dict[str, list[wire.Message]]:
    """Its lists as they would be registered."""
    places = _places(household)
    return {
        "measurement_devices": [wire.MeasurementDeviceDraft(name=each.name) for each in household.measurement_devices],
        "meters": [
            wire.MeterDraft(
                type=each.type,
                model_number=each.model_number,
                measurement_device=places[str(each.measurement_device)],
            )
            for each in household.meters
        ],
        "pv_systems": [
            wire.PVSystemDraft(
                nominal_power=each.nominal_power,
                azimuth=each.azimuth,
                tilt=each.tilt,
                installation_date=each.installation_date,
                meter=places[str(each.meter)],
            )
            for each in household.pv_systems
        ],
    }


def _changed(present: wire.Message | None, wanted: wire.Message, kind: type[T]) -> T | UnsetType:
    """The fields that are to be others."""
    fields = {
        name: value
        for name, value in msgspec.structs.asdict(wanted).items()
        if present is None or getattr(present, name) != value
    }
    return kind(**fields) if fields else UNSET


def _moved(household: wire.Household, draft: wire.HouseholdDraft) -> wire.LocationPatch | UnsetType | None:
    """A point that is set by hand stays until another is, or none: then it is found by the address again."""
    by_hand = _by_hand(household)
    if isinstance(draft.location, wire.Location):
        if by_hand and draft.location == household.location:
            return UNSET
        return wire.LocationPatch(latitude=draft.location.latitude, longitude=draft.location.longitude)
    return None if by_hand else UNSET


def _by_hand(household: wire.Household) -> bool:
    return household.placement is not None and household.placement.precision == BY_HAND


def _lists(household: wire.Household) -> dict[str, list[Any]]:
    return {
        "measurement_devices": list(household.measurement_devices),
        "meters": list(household.meters),
        "pv_systems": list(household.pv_systems),
    }


def _places(household: wire.Household) -> dict[str, int]:
    return {str(entry.uuid): place for entries in _lists(household).values() for place, entry in enumerate(entries)}


def _text(value: object) -> str:
    """As somebody would type it."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _uuid(text: str) -> UUID | UnsetType:
    """Of a row that was there before."""
    try:
        return UUID(text)
    except ValueError:
        return UNSET
