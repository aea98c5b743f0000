"""The hooks by which plugins take part; pluggy calls them once, when the application starts."""

import pluggy

from edge_app.metering.meter import Meter

NAMESPACE = "zaehlwerk"
hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


@hookspec
def meters() -> list[type[Meter]]:  # type: ignore[empty-body]  # a specification has no body
    """Give the meter models that this plugin brings."""
