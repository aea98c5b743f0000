"""What a device tells of itself with its requests, and sends when it is asked: the real client, the real cloud."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

from cloud_api.access.shared_secrets import Group
from edge_app import config
from edge_app.clock import Synchrony, SystemClock
from edge_app.fleet.diagnostics import gathered
from edge_app.metering.plugins import catalogue
from edge_app.store import Store, measurements
from edge_app.sync.client import COMPONENTS, CloudClient
from edge_app.sync.condition import condition
from edge_app.sync.wishes import fulfil
from tests.cloud.asking import ask
from tests.cloud.running import Cloud
from tests.wire.conftest import Home


async def history(cloud: Cloud, home: Home) -> Any:
    device = home.household["measurement_devices"][0]["uuid"]
    async with cloud.people(Group.ADMINISTRATOR) as people:
        status, body = await ask(people, "GET", f"/management/status/{device}")
    assert status == 200
    return body


async def test_the_cloud_knows_what_waits_on_a_device_and_what_runs_on_it(
    cloud: Cloud, home: Home, client: CloudClient, store: Store
) -> None:
    client.tell_with_each(partial(condition, store, lambda: None))
    for number in range(3):
        await store.run(measurements.keep, home.measurement(number))
    await client.consent()
    async with asyncio.timeout(10):
        while (await history(cloud, home))["device"]["buffered"] is None:  # noqa: ASYNC110  # the cloud sets no event of ours
            await asyncio.sleep(0.01)
    told = (await history(cloud, home))["device"]
    assert told["buffered"] == 3
    assert COMPONENTS.items() <= told["versions"].items()


async def test_a_device_sends_its_diagnostics_once_it_is_asked(
    cloud: Cloud, home: Home, client: CloudClient, store: Store
) -> None:
    device = home.household["measurement_devices"][0]["uuid"]
    path = f"/management/status/{device}/diagnostics"
    clock = SystemClock()
    gather = partial(
        gathered,
        config.load(home.folder),
        store=store,
        models=catalogue.load(),
        clock=clock,
        synchrony=Synchrony(trusted=True),
    )
    sending = asyncio.create_task(fulfil(client, gather, clock=clock))
    try:
        await client.consent()
        assert not client.diagnostics_wanted.is_set()
        async with cloud.people(Group.ADMINISTRATOR) as people:
            assert (await ask(people, "GET", path))[0] == 404
            begun = datetime.now(UTC)
            assert (await ask(people, "POST", path))[0] == 202
            await client.consent()
            async with asyncio.timeout(10):
                while (await ask(people, "GET", path))[0] == 404:  # noqa: ASYNC110  # the same
                    await asyncio.sleep(0.01)
            _, kept = await ask(people, "GET", path)
        state = json.loads(kept["files"]["state.json"])
        assert state["waiting"] == 0
        assert datetime.fromisoformat((await history(cloud, home))["diagnostics"]["received_at"]) >= begun
    finally:
        sending.cancel()
        await asyncio.wait([sending])
