"""Faults told to Sentry, if that is set: which error where in the code, and no value, text, address or name with it."""

from importlib.metadata import version
from typing import Any

from cloud_api.errors import SetupError
from cloud_api.monitoring.settings import SentrySettings

try:
    import sentry_sdk
    from sentry_sdk.integrations.logging import LoggingIntegration
except ImportError:  # the extra `sentry` is not installed
    sentry_sdk = None  # type: ignore[assignment]  # `begin` asks for it before any use

FRAME = ("filename", "function", "module", "lineno", "in_app")
EVENT = ("event_id", "timestamp", "platform", "level", "logger", "release", "environment")
"""What of an event is passed on; everything else is left out, whatever it holds."""


def begin(settings: SentrySettings | None, **how: Any) -> None:
    """Tell of errors in the log from now on. Raises SetupError where that is set and cannot be."""
    if settings is None:
        return
    if sentry_sdk is None:
        raise SetupError("[sentry] is set and sentry-sdk is not installed: pip install 'zaehlwerk[cloud,sentry]'")
    sentry_sdk.init(
        dsn=settings.dsn,
        release=version("zaehlwerk"),
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None)],
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="",
        before_send=scrubbed,
        **how,
    )


def scrubbed(event: Any, _hint: Any) -> Any:
    """An event with nothing in it but types and places."""
    kept = {name: event[name] for name in EVENT if name in event}
    raised = event.get("exception", {}).get("values", [])
    if raised:
        kept["exception"] = {"values": [_raised(each) for each in raised]}
    else:
        kept["logentry"] = {"message": f"an error in the log of {event.get('logger', 'nobody')}"}
    return kept


def _raised(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames", [])
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {"frames": [{name: frame[name] for name in FRAME if name in frame} for frame in frames]},
    }
