"""What types cannot say of a message: references inside it, sums that must fit, times that must have been."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from cloud_api.errors import Fault, FieldsError
from cloud_api.ledger.states import EPOCH, SLOT
from cloud_api.wire import (
    HouseholdDraft,
    LedgerQuery,
    MeasurementBatch,
    MeasurementQuery,
    MissingSlotsReport,
    PVSystemDraft,
    PVSystemEntry,
)

AHEAD = timedelta(minutes=5)
"""How far a device's clock may be ahead of ours."""
GERMAN_POSTAL_CODE_DIGITS = 5
FIRST_SYSTEMS = date(1970, 1, 1)
"""Before it no roof had photovoltaic modules."""
ZONES = timedelta(days=1)
"""Somewhere it is tomorrow already."""


def check_household(draft: HouseholdDraft, today: date | None = None) -> None:
    """Raises FieldsError with every field that does not fit; days of installation are looked at where today is told."""
    _refuse(_household_faults(draft, today))


def check_installed(systems: Sequence[PVSystemEntry], today: date) -> None:
    """Raises FieldsError with every system of a correction that cannot have been installed on its day."""
    _refuse(_installation_faults(systems, today))


def check_batch(batch: MeasurementBatch, now: datetime) -> None:
    """Raises FieldsError with every time and register that cannot be."""
    _refuse(_batch_faults(batch, now + AHEAD))


def check_missing(report: MissingSlotsReport, now: datetime) -> None:
    """Raises FieldsError with every moment that is none of the grid, or none yet."""
    _refuse(_missing_faults(report, now + AHEAD))


def check_period(query: MeasurementQuery | LedgerQuery) -> None:
    """Raises FieldsError where a moment of the query is no UTC."""
    moments = {"from": query.from_, "to": query.to, "cursor": getattr(query, "cursor", None)}
    _refuse(
        Fault(pointer=f"/{name}", detail="Expected a time in UTC")
        for name, moment in moments.items()
        if moment and moment.utcoffset()
    )


def _refuse(faults: Iterator[Fault]) -> None:
    found = list(faults)
    if found:
        raise FieldsError(f"{len(found)} of the fields are not as expected" if found[1:] else found[0].detail, *found)


def _household_faults(draft: HouseholdDraft, today: date | None) -> Iterator[Fault]:
    code = draft.address.postal_code
    if draft.address.country == "DE" and not (len(code) == GERMAN_POSTAL_CODE_DIGITS and code.isdigit()):
        yield Fault(pointer="/address/postal_code", detail="Expected five digits, as the country is DE")
    if draft.metadata.employed_adults > draft.metadata.adults:
        yield Fault(pointer="/metadata/employed_adults", detail="Expected no more than adults")
    for place, meter in enumerate(draft.meters):
        if meter.measurement_device >= len(draft.measurement_devices):
            yield Fault(
                pointer=f"/meters/{place}/measurement_device",
                detail=f"Expected a place in measurement_devices, which has {len(draft.measurement_devices)}",
            )
    for place, system in enumerate(draft.pv_systems):
        if system.meter >= len(draft.meters):
            yield Fault(
                pointer=f"/pv_systems/{place}/meter",
                detail=f"Expected a place in meters, which has {len(draft.meters)}",
            )
        elif draft.meters[system.meter].type != "PV-GENERATION":
            yield Fault(pointer=f"/pv_systems/{place}/meter", detail="Expected a meter of type PV-GENERATION")
    if today:
        yield from _installation_faults(draft.pv_systems, today)


def _installation_faults(systems: Sequence[PVSystemDraft | PVSystemEntry], today: date) -> Iterator[Fault]:
    for place, system in enumerate(systems):
        if not FIRST_SYSTEMS <= system.installation_date <= today + ZONES:
            yield Fault(
                pointer=f"/pv_systems/{place}/installation_date", detail="Expected a day between 1970 and today"
            )


def _batch_faults(batch: MeasurementBatch, latest: datetime) -> Iterator[Fault]:
    for place, measurement in enumerate(batch.measurements):
        if measurement.time.utcoffset():
            yield Fault(pointer=f"/measurements/{place}/time", detail="Expected a time in UTC")
        elif measurement.time > latest:
            yield Fault(pointer=f"/measurements/{place}/time", detail="Expected no time ahead of the server's")
        codes = [code for register in measurement.data for code in register]
        if len(set(codes)) < len(codes):
            yield Fault(pointer=f"/measurements/{place}/data", detail="Expected every OBIS code once")


def _missing_faults(report: MissingSlotsReport, latest: datetime) -> Iterator[Fault]:
    for place, missing in enumerate(report.missing):
        for name, moment in (("from", missing.from_), ("to", missing.to)):
            if moment.utcoffset() or (moment - EPOCH) % SLOT:
                yield Fault(pointer=f"/missing/{place}/{name}", detail="Expected a quarter of an hour, in UTC")
        if missing.to <= missing.from_:
            yield Fault(pointer=f"/missing/{place}/to", detail="Expected a moment after the beginning")
        elif missing.to > latest:
            yield Fault(pointer=f"/missing/{place}/to", detail="Expected no time ahead of the server's")
