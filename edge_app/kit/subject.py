"""A subject of the suite: a meter model with its profile, its recordings, and the models beside which it stands.

Recordings lie in the folder `captures` beside the plugin and begin with its name, such as `captures/sb1-evening.jsonl`.
Each has a neighbour that tells where it comes from and what is to be read in it:

    source = "an SB-1 of a household, one-way, recorded by its owner in 2026"

    [[telegram]]
    number = 1
    readings = { "1-0:1.8.0" = "2355929.0 Wh", "1-0:16.7.0" = "376 W" }
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_app.errors import ConfigError, PluginError
from edge_app.metering.ear import Ear
from edge_app.metering.meter import Meter
from edge_app.metering.probe.recording import Recording, load
from edge_app.metering.profile import Profile, profile, readings_of
from edge_app.metering.protocol import WireProtocol
from edge_app.metering.table import Table
from edge_app.model.obis import Obis
from edge_app.model.reading import Quantity
from edge_app.model.telegram import Telegram

FOLDER = "captures"
ENDINGS = (".bin", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A recording of a real meter, with what is to be read in it."""

    name: str
    source: str
    protocols: Sequence[WireProtocol]
    """Those of the model."""
    recording: Recording
    expected: Mapping[int, Mapping[Obis, Quantity]]
    """What a person has compared with the display, by the number of the telegram, counted from 1."""

    def telegrams(self) -> list[Telegram]:
        """Its whole telegrams."""
        ear = Ear(self.protocols)
        heard = [found for chunk in self.recording.chunks() for found in ear.hear(chunk)]
        return [found for found in heard if isinstance(found, Telegram)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One model, as it is judged."""

    meter: type[Meter]
    profile: Profile
    recordings: tuple[Recorded, ...]
    others: tuple[type[Meter], ...]
    """The other models that are installed."""


def subject(meter: type[Meter], others: Sequence[type[Meter]]) -> Subject:
    """Gather what belongs to a model. Raises PluginError with file, key and what was expected."""
    plugin = Path(inspect.getfile(meter))
    files = sorted(file for file in (plugin.parent / FOLDER).glob(f"{plugin.stem}-*") if file.suffix in ENDINGS)
    return Subject(
        meter=meter,
        profile=profile(meter),
        recordings=tuple(_recorded(file, meter.protocols) for file in files),
        others=tuple(other for other in others if other.model != meter.model),
    )


def _recorded(file: Path, protocols: Sequence[WireProtocol]) -> Recorded:
    neighbour = file.with_suffix(".toml")
    if not neighbour.exists():
        raise PluginError(f"{FOLDER}/{file.name}: expected {neighbour.name} beside it, which tells where it comes from")
    told = Table.load(neighbour)
    expected = {}
    for each in told.tables("telegram"):
        expected[each.whole("number", least=1)] = readings_of(each.table("readings"))
        each.close()
    source = told.text("source")
    told.close()
    try:
        return Recorded(name=file.name, source=source, protocols=protocols, recording=load(file), expected=expected)
    except ConfigError as error:
        raise PluginError(str(error)) from None
