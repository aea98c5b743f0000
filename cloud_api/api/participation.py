"""/management/participation: how many take part."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer, query
from cloud_api.keys import CLOCK, DATABASE
from cloud_api.privacy.hiding import apart, hidden
from cloud_api.store import participation
from cloud_api.store.participation import Counts


async def show(request: web.Request) -> web.Response:
    """How many households take part, over time and over the country, with small groups hidden."""
    wanted, now = query(request, wire.ParticipationQuery), request.app[CLOCK].now()
    async with request.app[DATABASE].read() as database:
        days = await participation.over_time(database, participation.ends(wanted.step, now))
        return answer(
            wire.Participation(
                consent=_groups(await participation.by_consent(database)),
                completeness=_groups(await participation.by_completeness(database)),
                federal_state=_groups(await participation.by_federal_state(database)),
                pv_power=_groups(await participation.by_pv_power(database)),
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
        )


def _groups(counts: Counts) -> list[wire.Group]:
    return [wire.Group(name=name, households=count) for name, count in sorted(hidden(counts).items())]
