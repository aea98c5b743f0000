"""Amending: a household that is registered is put right, with everything under it, by a merge patch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

from msgspec import UNSET
from sqlalchemy import Table, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.errors import EmailTakenError, Fault, FieldsError, FixedError
from cloud_api.store import details, households, locations, schema
from cloud_api.store.locations import Moved
from cloud_api.wire.checks import check_household

T = TypeVar("T", bound=wire.Message)
MINE = {schema.measurement_device: "measurement_devices", schema.meter: "meters", schema.pv_system: "pv_systems"}
"""The lists of a household by their tables, each before those that refer to it."""


def wanted_place(
    present: wire.Household, patch: wire.HouseholdPatch
) -> tuple[wire.Address, wire.Location | None] | None:
    """The address, and the point where one is given, by which the household is to be placed again; None where it stays.

    A point that was entered by hand stays when the address changes; any other is looked up again.
    """
    if present.address is None or present.consent.state == "revoked":
        return None
    by_hand = present.placement and present.placement.precision == "manual"
    if patch.location is UNSET and (patch.address is UNSET or by_hand):
        return None
    given = _location(present.location, patch) if patch.location is not UNSET else None
    return _merged(present.address, patch.address), given


async def amend(
    connection: AsyncConnection, uuid: UUID, patch: wire.HouseholdPatch, *, placed: Moved = UNSET
) -> wire.Household:
    """The household as it is afterwards.

    Raises MissingError where there is none, FixedError where it is anonymised or a part is to go on which data hangs,
    FieldsError where what would come of it does not fit together, EmailTakenError for somebody else's address.
    """
    present = await households.whole(connection, uuid)
    participant, address = present.participant, present.address
    if participant is None or address is None or present.consent.state == "revoked":
        raise FixedError("the household is anonymised, and stays as it is")
    lists = [_list_of(present, patch, table) for table in MINE]
    devices, meters, systems = lists
    draft = wire.HouseholdDraft(
        participant=_merged(wire.ParticipantDraft(name=participant.name, email=participant.email), patch.participant),
        address=_merged(address, patch.address),
        metadata=_merged(present.metadata, patch.metadata),
        measurement_devices=[wire.MeasurementDeviceDraft(name=device.name) for device in devices.entries],
        meters=[meters.draft(wire.MeterDraft, place, measurement_device=devices) for place in meters.places],
        pv_systems=[systems.draft(wire.PVSystemDraft, place, meter=meters) for place in systems.places],
    )
    check_household(draft)
    await _put_participant(connection, participant, draft.participant)
    await connection.execute(
        update(schema.household).where(schema.household.c.uuid == uuid).values(_columns(draft.metadata))
    )
    await connection.execute(
        update(schema.address).where(schema.address.c.household == uuid).values(_columns(draft.address))
    )
    if placed is not UNSET:
        await locations.put(connection, uuid, placed)
    for each in lists:
        await each.put(connection, uuid, dict(zip(MINE.values(), lists, strict=True)))
    for each in reversed(lists):
        await each.remove_missing(connection, uuid)
    await details.count(connection, uuid)
    return await households.whole(connection, uuid)


@dataclass(frozen=True, slots=True)
class _Entries:
    """A list as it is to be, with the uuid of every entry, those of new ones made up here."""

    table: Table
    entries: Sequence[Any]
    uuids: Sequence[UUID]
    present: frozenset[UUID]

    @property
    def places(self) -> range:
        return range(len(self.entries))

    def draft(self, kind: type[T], place: int, **references: "_Entries") -> T:
        """An entry as it would be registered, with a place in place of each uuid that it refers to."""
        entry = self.entries[place]
        fields = {name: getattr(entry, name) for name in kind.__struct_fields__}
        for name, others in references.items():
            fields[name] = others.place_of(fields[name], f"/{MINE[self.table]}/{place}/{name}")
        return kind(**fields)

    def place_of(self, reference: UUID | int, pointer: str) -> int:
        if isinstance(reference, int):
            return reference
        if reference not in self.uuids:
            raise _refusal(pointer, f"Expected the uuid of one of the {MINE[self.table]}, or a place among them")
        return self.uuids.index(reference)

    async def put(self, connection: AsyncConnection, household: UUID, lists: Mapping[str, "_Entries"]) -> None:
        for place, (uuid, entry) in enumerate(zip(self.uuids, self.entries, strict=True)):
            row = {name: value for name, value in _columns(entry).items() if name in self.table.c} | {"uuid": uuid}
            for name, others in (("measurement_device", "measurement_devices"), ("meter", "meters")):
                if name in row:
                    row[name] = lists[others].uuids[lists[others].place_of(row[name], "")]
            row |= {"household": household, "position": place}
            if uuid in self.present:
                await connection.execute(update(self.table).where(self.table.c.uuid == uuid).values(row))
            else:
                await connection.execute(insert(self.table).values(row))

    async def remove_missing(self, connection: AsyncConnection, household: UUID) -> None:
        for uuid in self.present.difference(self.uuids):
            for hanging in _hanging(self.table, household, uuid):
                if await connection.scalar(select(exists(hanging))):
                    raise FixedError(
                        f"one of the {MINE[self.table]} is missing from its list and cannot go: data hangs on it",
                        Fault(pointer=f"/{MINE[self.table]}", detail=f"Expected an entry with the uuid {uuid}"),
                    )
            await connection.execute(delete(self.table).where(self.table.c.uuid == uuid))


def _list_of(present: wire.Household, patch: wire.HouseholdPatch, table: Table) -> _Entries:
    name = MINE[table]
    there: Sequence[Any] = getattr(present, name)
    given = getattr(patch, name)
    entries: Sequence[Any] = there if given is UNSET else given
    uuids = [uuid4() if entry.uuid is UNSET else entry.uuid for entry in entries]
    known = frozenset(entry.uuid for entry in there)
    for place, (entry, uuid) in enumerate(zip(entries, uuids, strict=True)):
        if (entry.uuid is not UNSET and uuid not in known) or uuid in uuids[:place]:
            raise _refusal(f"/{name}/{place}/uuid", f"Expected the uuid of one of the household's {name}, once")
    return _Entries(table, entries, uuids, known)


def _hanging(table: Table, household: UUID, uuid: UUID) -> Iterator[Any]:
    """What would be left without the part that it belongs to."""
    if table is schema.measurement_device:
        yield select(schema.certificate.c.serial).where(schema.certificate.c.measurement_device == uuid)
    if table is schema.meter:
        for kept in (schema.measurement, schema.incident):
            yield select(kept.c.meter).where(kept.c.household == household, kept.c.meter == uuid)


def _merged(present: T, patch: Any) -> T:
    """The message with those fields changed that the patch gives."""
    if patch is UNSET:
        return present
    fields = {name: getattr(present, name) for name in present.__struct_fields__}
    return type(present)(**fields | _columns(patch))


def _location(present: wire.Location | None, patch: wire.HouseholdPatch) -> wire.Location | None:
    given = patch.location
    if given is UNSET or given is None:
        return present if given is UNSET else None
    if present:
        return _merged(present, given)
    for name in wire.Location.__struct_fields__:
        if getattr(given, name) is UNSET:
            raise _refusal(f"/location/{name}", "Expected a coordinate, as there is no location yet")
    return wire.Location(**_columns(given))


async def _put_participant(connection: AsyncConnection, present: wire.Account, wanted: wire.ParticipantDraft) -> None:
    known = schema.participant
    taken = select(known.c.uuid).where(func.lower(known.c.email) == wanted.email.lower(), known.c.uuid != present.uuid)
    if await connection.scalar(taken):
        sentence = "belongs to another participant"
        raise EmailTakenError(f"the e-mail address {sentence}", Fault(pointer="/participant/email", detail=sentence))
    await connection.execute(update(known).where(known.c.uuid == present.uuid).values(_columns(wanted)))


def _columns(message: wire.Message) -> dict[str, Any]:
    fields = {name: getattr(message, name) for name in message.__struct_fields__}
    return {name: value for name, value in fields.items() if value is not UNSET}


def _refusal(pointer: str, detail: str) -> FieldsError:
    return FieldsError(detail, Fault(pointer=pointer, detail=detail))
