"""/management/register: households to look for; and a look at one before it is registered."""

from datetime import timedelta
from functools import partial

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query, take
from cloud_api.api.recently import RECENTLY
from cloud_api.api.region import message_of
from cloud_api.keys import CLOCK, DATABASE, PLACER
from cloud_api.store import details, register
from cloud_api.store.registering import check_email, lives_at
from cloud_api.wire.checks import check_household

MANY, LASTS = 10_000, timedelta(seconds=10)
"""So many households are not counted again for so long."""


async def show(request: web.Request) -> web.Response:
    """Households a line each, searched, filtered and in an order."""
    wanted, now = query(request, wire.RegisterQuery), request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        rows, total = await register.page(database, wanted)
        if total is None:
            question = ("register", wanted.consent, wanted.region, wanted.complete, wanted.below)
            total = await request.app[RECENTLY].answer(
                question,
                partial(register.total, database, wanted),
                now=now,
                lasts=LASTS,
                is_worth_it=lambda found: found >= MANY,
            )
        lacks = await details.lacking(database, [row.uuid for row in rows if row.lacking_details])
        regions = await request.app[PLACER].atlas.regions(database)
    names = {code: region.name for code, region in regions.by_code.items()} if regions else {}
    entries = [
        wire.RegisterEntry(
            uuid=row.uuid,
            registered_at=row.registered_at,
            name=row.name,
            email=row.email,
            postal_code=row.postal_code,
            city=row.city,
            region=row.region,
            region_name=names.get(row.region),
            consent=row.state,
            granted_at=row.granted_at,
            revoked_at=row.revoked_at,
            lacks=lacks.get(row.uuid, []),
            completeness=row.completeness,
            corrections=row.corrections,
        )
        for row in rows
    ]
    return answer(wire.Register(households=entries, total=total))


async def check(request: web.Request) -> web.Response:
    """Look at a household as if it were registered: every refusal that there would be, and where it would be placed."""
    draft = await take(request, wire.HouseholdDraft)
    check_household(draft, request.app[CLOCK].now().date())
    placed = await request.app[PLACER].place(request.app[DATABASE], draft.address, draft.location)
    async with request.app[DATABASE].read() as database:
        participant = await check_email(database, draft.participant)
        repeats = participant is not None and await lives_at(database, participant, draft.address)
        regions = await request.app[PLACER].atlas.regions(database)
    if placed is None:
        return answer(wire.HouseholdCheck(location=None, placement=None, region=None, repeats=repeats))
    region = regions.by_code.get(placed.region or "") if regions else None
    return answer(
        wire.HouseholdCheck(
            location=wire.Location(latitude=placed.latitude, longitude=placed.longitude),
            placement=wire.Placement(precision=placed.precision, region=placed.region),
            region=message_of(region) if region else None,
            repeats=repeats,
        )
    )
