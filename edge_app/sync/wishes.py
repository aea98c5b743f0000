"""What the cloud asks of the device: its diagnostics, sent once it has asked for them with an answer."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from edge_app.clock import Clock
from edge_app.errors import CloudError
from edge_app.sync.client import CloudClient

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
