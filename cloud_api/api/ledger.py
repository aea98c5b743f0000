"""/household/ledger: what became of every slot; what is lacking, and why."""

from uuid import UUID

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.api.management import MISSING
from cloud_api.api.path import NO_METER, uuid_of
from cloud_api.errors import ConsentError, Fault, MissingError
from cloud_api.keys import CALLER, CLOCK, DATABASE
from cloud_api.ledger.reckoning import Ledger, Tally
from cloud_api.ledger.states import ASKED, SLOT, Code, Reason, Told
from cloud_api.store import consents, ledgers, slots
from cloud_api.wire.checks import check_missing, check_period

MOST = 500
"""Runs of slots that a device is asked about at once."""


async def show(request: web.Request) -> web.Response:
    """The ledger of the household's meters."""
    return await _show(request, request[CALLER].household)


async def show_one(request: web.Request) -> web.Response:
    """The ledger of a household's meters."""
    return await _show(request, uuid_of(request, MISSING))


async def lacking(request: web.Request) -> web.Response:
    """What the device is asked about: slots of its meters in the last days that nobody has accounted for."""
    caller, now = request[CALLER], request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        found = await ledgers.of_household(database, caller.household, now=now, since=now - ASKED, device=caller.device)
    runs = [
        wire.LackingSlots(meter=meter, from_=run.begin, to=run.end)
        for meter, ledger in found.items()
        for run in ledger.runs()
        if run.code is Code.UNTOLD
    ]
    return answer(wire.Lacking(lacking=runs[:MOST]))


async def explain(request: web.Request) -> web.Response:
    """Say why slots have no measurement; saying it again does no harm."""
    said = await take(request, wire.MissingSlotsReport)
    caller, now = request[CALLER], request.app[CLOCK].now()
    check_missing(said, now)
    by_meter: dict[UUID, list[Told]] = {}
    for each in said.missing:
        told = Told(begin=each.from_, end=each.to, reason=Reason(each.reason))
        by_meter.setdefault(each.meter, []).append(told)
    async with request.app[DATABASE].write() as database:
        meters = (await database.run_sync(consents.meters_by_consent, {caller.household})).get(caller.household)
        if meters is None:
            raise ConsentError("consent does not stand")
        faults = [
            Fault(pointer=f"/missing/{place}/meter", detail="Expected a meter of this household")
            for place, each in enumerate(said.missing)
            if each.meter not in meters
        ]
        if faults:
            raise MissingError(NO_METER, *faults)
        for meter, words in sorted(by_meter.items()):
            await slots.note_reasons(database, caller.household, meter, words, at=now)
    return answer(wire.MissingSlotsNoted(slots=sum((each.to - each.from_) // SLOT for each in said.missing)))


async def _show(request: web.Request, household: UUID) -> web.Response:
    wanted = query(request, wire.LedgerQuery)
    check_period(wanted)
    now = request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        found = await ledgers.of_household(database, household, now=now, since=wanted.from_, until=wanted.to)
    total = sum((ledger.tally for ledger in found.values()), start=Tally())
    meters = [to_message(meter, ledger, runs=wanted.runs) for meter, ledger in found.items()]
    return answer(wire.HouseholdLedger(at=now, completeness=total.completeness, meters=meters))


def to_message(meter: UUID, ledger: Ledger, *, runs: bool) -> wire.MeterLedger:
    tally = ledger.tally
    return wire.MeterLedger(
        meter=meter,
        expected=tally.expected,
        measured=tally.measured,
        late=tally.late,
        missing=tally.missing,
        reasons={reason.value: count for reason, count in ledger.reasons.items()},
        completeness=tally.completeness,
        runs=[
            wire.LedgerRun(
                from_=run.begin,
                to=run.end,
                state=run.code.state.value,
                reason=run.code.reason.value if run.code.reason else None,
            )
            for run in (ledger.runs() if runs else ())
        ],
    )
