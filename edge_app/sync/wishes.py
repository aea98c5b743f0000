"""What the cloud asks of the device: its diagnostics, sent once it has asked for them with an answer."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from edge_app.clock import Clock
from edge_app.errors import CloudError
from edge_app.store import Store, incidents, measurements
from edge_app.sync.client import COMPONENTS, CloudClient

AGAIN = 60.0
"""Seconds until what could not be sent is tried again."""
Gather = Callable[[], Awaitable[Mapping[str, str]]]
"""Texts by the names of their files, with nothing in them that is personal or secret."""

logger = logging.getLogger(__name__)


async def fulfil(cloud: CloudClient, gather: Gather, *, clock: Clock) -> None:
    """Send diagnostics whenever they are asked for, for as long as the app runs."""
    while True:
        await cloud.diagnostics_wanted.wait()
        try:
            await cloud.send_diagnostics(await gather())
        except CloudError as error:
            logger.warning("diagnostics: %s", error)
            cloud.diagnostics_wanted.set()
            await clock.sleep(AGAIN)


async def state_of(store: Store) -> dict[str, str]:
    """What the store knows: what waits, what was refused, which incidents are open; of meters only their uuids."""
    state = {
        "components": COMPONENTS,
        "buffered": await store.run(measurements.waiting),
        "set aside": await store.run(measurements.set_aside_count),
        "incidents": [
            {"meter": str(each.meter), "kind": each.kind, "cause": each.cause, "began": each.began.isoformat()}
            for each in await store.run(incidents.open_now)
        ],
    }
    return {"state.json": json.dumps(state, indent=2) + "\n"}
