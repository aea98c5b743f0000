"""How many details a household lacks is counted whenever one of them changes, and is what a look at it finds."""

from typing import Any

import pytest
from sqlalchemy import select

from cloud_api.store import details
from cloud_api.store.schema import household as households
from tests.cloud.asking import ask
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, draft

pytestmark = pytest.mark.both_databases


async def lacking(cloud: Cloud) -> list[str]:
    """Of the only household there is, which has to be as many as were counted."""
    async with cloud.database() as database, database.read() as connection:
        row = (await connection.execute(select(households.c.uuid, households.c.lacking_details))).one()
        found = (await details.lacking(connection, [row.uuid]))[row.uuid]
    assert row.lacking_details == len(found)
    return list(found)


async def amend(cloud: Cloud, uuid: str, change: dict[str, Any]) -> None:
    async with cloud.people() as people:
        status, answer = await ask(people, "PATCH", f"/management/household/{uuid}", json=change)
    assert status == 200, answer


async def test_each_change_is_counted(cloud: Cloud) -> None:
    household = await cloud.add_household(draft())
    assert await lacking(cloud) == ["region"]
    await amend(cloud, household["uuid"], {"pv_systems": []})
    assert await lacking(cloud) == ["region", "pv-system"]
    await amend(cloud, household["uuid"], {"meters": [household["meters"][0] | {"type": "PV-GENERATION"}]})
    assert await lacking(cloud) == ["region", "electricity-meter", "pv-system"]
    meters = [household["meters"][0] | {"type": "ELECTRICITY"}]
    await amend(cloud, household["uuid"], {"meters": meters})
    assert await lacking(cloud) == ["region", "pv-system"]


async def test_revoking_is_counted(granted: Home, cloud: Cloud) -> None:
    assert await lacking(cloud) == ["region"]
    assert (await ask(granted.client, "DELETE", "/household/consent"))[0] == 200
    assert await lacking(cloud) == []
