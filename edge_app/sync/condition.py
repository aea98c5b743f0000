"""How the device is, told to the cloud with every request, so that an administrator sees it without asking."""

import json
from collections.abc import Callable, Mapping

from edge_app.store import Store, measurements

STATE, UPDATE = "Zaehlwerk-State", "Zaehlwerk-Update"
WANTED, DIAGNOSTICS = "Zaehlwerk-Wanted", "diagnostics"
"""The header by which the cloud asks for something with an answer, and what that is."""
Update = Callable[[], Mapping[str, str | None] | None]
"""How it stands with updates, with at least a word for its `state`; None where nobody looks for any."""


async def condition(store: Store, update: Update) -> dict[str, str]:
    """Headers such as `buffered=12, update=trial`, and of updates all that is known as JSON.

    `buffered` is how many measurements the cloud has not said it holds.
    """
    headers = {STATE: f"buffered={await store.run(measurements.waiting)}"}
    if (known := update()) is not None:
        headers[STATE] += f", update={known['state']}"
        headers[UPDATE] = json.dumps(known, separators=(",", ":"))
    return headers
