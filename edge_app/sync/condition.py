"""How the device is, told to the cloud with every request, so that an administrator sees it without asking."""

from edge_app.store import Store, measurements

STATE = "Zaehlwerk-State"
WANTED, DIAGNOSTICS = "Zaehlwerk-Wanted", "diagnostics"
"""The header by which the cloud asks for something with an answer, and what that is."""


async def condition(store: Store) -> str:
    """The header's value, such as `buffered=12`: how many measurements the cloud has not said it holds."""
    return f"buffered={await store.run(measurements.waiting)}"
