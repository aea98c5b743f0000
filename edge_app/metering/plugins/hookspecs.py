"""The hooks by which plugins take part. Each is called with values by name, and a plugin takes those that it needs.

A plugin is a module. Its name is that of its entry point in the group `edge_app.meters`, or that of its file in the
plugins folder, and its settings stand in `[plugin.NAME]` of `edge.toml`. Hooks are ordinary functions and return at
once; what takes time is a service. What a plugin raises is told in the log, once, and stops neither the others nor the
device.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

import pluggy

from edge_app.clock import Clock
from edge_app.metering.meter import Meter
from edge_app.metering.plugins.contribution import Command, Device, Page
from edge_app.metering.table import Table
from edge_app.model.consent import Consent
from edge_app.model.incident import Incident
from edge_app.model.measurement import Measurement
from edge_app.model.reading import Reading

NAMESPACE = "zaehlwerk"
hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)

# A specification has no body, so:
# mypy: disable-error-code="empty-body"


@hookspec
def meters() -> Sequence[type[Meter]]:
    """Give the meter models that this plugin brings.

    Called whenever plugins are looked for, by the service and by commands. Whatever it raises, and a model that breaks
    the contract or is there already, is the reason for which the plugin is not used.
    """


@hookspec
def begin(settings: Table, device: Device, clock: Clock) -> object | None:
    """Start to take part, and give an object whose hooks are called from now on beside those of the module.

    Called once, when the service starts, and only where `edge.toml` has the table `[plugin.NAME]`. May raise
    PluginError, as reading from `settings` does, with file, table and key; the plugin then stays away.
    """


@hookspec
def consent_changed(consent: Consent) -> None:
    """Consent has been granted or revoked, or stood so when the service started.

    Nothing of a household may leave the device before it was granted, and what this plugin gave to others before the
    revocation is taken back from them as far as it can be.
    """


@hookspec
def reading_heard(meter: UUID, model: Meter, reading: Reading, at: datetime) -> None:
    """A meter has sent a whole telegram that can be believed, which happened at a moment in UTC.

    Called for every such telegram, about once a second, while consent stands. `meter` is the uuid of the registration.
    """


@hookspec
def measurement_taken(measurement: Measurement) -> None:
    """The measurement of a slot has been taken and is safe in the store: once for each meter and slot."""


@hookspec
def incident_opened(incident: Incident) -> None:
    """Something stops the measurements of a meter, or keeps power out of them; once for each incident.

    Also told when the service starts, of each incident that has lasted since before.
    """


@hookspec
def incident_closed(incident: Incident) -> None:
    """An incident is over; `incident.ended` says since when."""


@hookspec
def services() -> Sequence[Callable[[], Awaitable[None]]]:
    """Give coroutine functions without arguments that run side by side for the life of the service.

    Called once, after `begin`. Each is cancelled when the service ends; one that raises is told in the log and is over.
    """


@hookspec
def pages() -> Sequence[Page]:
    """Give pages, which stand below `/plugin/NAME/`, behind the same guard as every page of the device.

    Called once, after `begin`. A handler that raises is answered with status 500.
    """


@hookspec
def commands() -> Sequence[Command]:
    """Give commands of `edge-app`.

    Called when the word on the command line is none of its own. A word that is taken already is refused.
    """
