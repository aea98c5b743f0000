"""How a meter is, in a few words."""

from collections.abc import Sequence

from edge_app.model.incident import Incident
from edge_app.web.frame.reader import Reader
from edge_app.web.keys import MeterOnPage


def health_of(meter: MeterOnPage, lasting: Sequence[tuple[Incident, bool]], reader: Reader) -> str:
    """By its probe, else by the incidents that last."""
    if meter.station is None:
        return reader.say("home.unassigned")
    if trouble := meter.station.probe.trouble:
        return reader.say(f"trouble.{trouble.kind}")
    causes = [incident.cause for incident, _ in lasting if incident.meter == meter.uuid]
    return reader.say(f"trouble.{causes[0]}" if causes else "home.listening")
