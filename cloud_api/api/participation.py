"""/management/participation: how many take part."""

from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query
from cloud_api.api.recently import RECENTLY
from cloud_api.keys import CLOCK, DATABASE
from cloud_api.privacy.hiding import apart, hidden
from cloud_api.store import participation
from cloud_api.store.database import Database
from cloud_api.store.participation import Counts

LASTS = timedelta(minutes=1)
"""How long counts are told again: each of them looks at every household."""


async def show(request: web.Request) -> web.Response:
    """How many take part, over time and over the country, with small groups hidden; a minute old at most."""
    wanted, now = query(request, wire.ParticipationQuery), request.app[CLOCK].now()
    reckon = partial(_reckon, request.app[DATABASE], wanted.step, now)
    return answer(await request.app[RECENTLY].answer(("participation", wanted.step), reckon, now=now, lasts=LASTS))


async def _reckon(database: Database, step: str, now: datetime) -> wire.Participation:
    async with database.read() as connection:
        days = await participation.over_time(connection, participation.ends(step, now))
        return wire.Participation(
            consent=_groups(await participation.by_consent(connection)),
            completeness=_groups(await participation.by_completeness(connection)),
            federal_state=_groups(await participation.by_federal_state(connection)),
            pv_power=_groups(await participation.by_pv_power(connection)),
            over_time=[
                wire.ParticipationOn(
                    day=days[place].day,
                    not_granted=days[place].counts["not-granted"],
                    granted=days[place].counts["granted"],
                    revoked=days[place].counts["revoked"],
                )
                for place in apart([each.counts for each in days])
            ],
        )


def _groups(counts: Counts) -> list[wire.Group]:
    return [wire.Group(name=name, households=count) for name, count in sorted(hidden(counts).items())]
