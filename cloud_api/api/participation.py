"""/management/participation: how many take part."""

from aiohttp import web

from cloud_api import wire
from cloud_api.api.body import answer
from cloud_api.keys import DATABASE
from cloud_api.privacy.hiding import hidden
from cloud_api.store import participation
from cloud_api.store.participation import Counts


async def show(request: web.Request) -> web.Response:
    """How many households take part, over time and over the country, with small groups hidden."""
    async with request.app[DATABASE].read() as database:
        return answer(
            wire.Participation(
                consent=_groups(await participation.by_consent(database)),
                completeness=_groups(await participation.by_completeness(database)),
                federal_state=_groups(await participation.by_federal_state(database)),
                pv_power=_groups(await participation.by_pv_power(database)),
                granted_in=_groups(await participation.by_month(database)),
            )
        )


def _groups(counts: Counts) -> list[wire.Group]:
    return [wire.Group(name=name, households=count) for name, count in sorted(hidden(counts).items())]
