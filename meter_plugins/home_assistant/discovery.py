"""What Home Assistant is told: which values a meter has, under which topics, and each value as text.

The form is that of its MQTT discovery: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from uuid import UUID

from edge_app.metering import ENERGY_IN, ENERGY_OUT, POWER, POWER_IN, POWER_OUT, Meter, Obis, Reading
from meter_plugins.home_assistant.settings import Settings

DISCOVERY = "homeassistant"
"""What the topics begin with on which Home Assistant listens for what there is."""
STALE = 120
"""Seconds after which a power that was not renewed is no longer shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One value of a meter, as Home Assistant knows it."""

    key: str
    """The last part of its topic and of its unique id."""
    de: str
    en: str
    about: tuple[tuple[str, object], ...]
    """What stands in its discovery message, in the words of Home Assistant."""
    component: str = "sensor"


def _energy(key: str, de: str, en: str) -> Entity:
    about = (("device_class", "energy"), ("state_class", "total_increasing"), ("unit_of_measurement", "kWh"))
    return Entity(key=key, de=de, en=en, about=about)


def _power(key: str, de: str, en: str) -> Entity:
    about = (("device_class", "power"), ("state_class", "measurement"), ("unit_of_measurement", "W"))
    return Entity(key=key, de=de, en=en, about=(*about, ("expire_after", STALE)))


REGISTERS: dict[Obis, Entity] = {
    ENERGY_IN: _energy("energy_drawn", "Bezogene Energie", "Energy drawn"),
    ENERGY_OUT: _energy("energy_fed_in", "Eingespeiste Energie", "Energy fed in"),
    POWER: _power("power", "Leistung", "Power"),
    POWER_IN: _power("power_drawn", "Bezogene Leistung", "Power drawn"),
    POWER_OUT: _power("power_fed_in", "Eingespeiste Leistung", "Power fed in"),
}
MEASURED = Entity(
    key="measured",
    de="Zuletzt gemessen",
    en="Last measured",
    about=(("device_class", "timestamp"), ("entity_category", "diagnostic")),
)
"""When the last measurement was taken."""
PROBLEM = Entity(
    key="problem",
    de="Störung",
    en="Problem",
    about=(("device_class", "problem"), ("entity_category", "diagnostic")),
    component="binary_sensor",
)
"""Whether something stops measurements: `ON` or `OFF`."""
ENTITIES = (*REGISTERS.values(), MEASURED, PROBLEM)


def values(reading: Reading) -> Iterator[tuple[Entity, str]]:
    """Energy in kWh with the digits of the meter, power in W."""
    for code, entity in REGISTERS.items():
        if quantity := reading.registers.get(code):
            power = code not in (ENERGY_IN, ENERGY_OUT)
            yield entity, f"{quantity.value.scaleb(3).normalize() + 0 if power else quantity.value:f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """Where everything is said that this device says."""

    settings: Settings
    device: UUID

    @property
    def availability(self) -> str:
        """`online` while this device is connected, else `offline`."""
        return f"{self.settings.prefix}/{self.device}/availability"

    def value(self, meter: UUID, entity: Entity) -> str:
        return f"{self.settings.prefix}/{meter}/{entity.key}"

    def discovery(self, meter: UUID, entity: Entity) -> str:
        return f"{DISCOVERY}/{entity.component}/zaehlwerk_{meter.hex}/{entity.key}/config"

    def announcement(self, meter: UUID, model: Meter, entity: Entity) -> str:
        """The discovery message of a value."""
        return json.dumps(
            {
                "unique_id": f"zaehlwerk_{meter.hex}_{entity.key}",
                "name": entity.de if self.settings.language == "de" else entity.en,
                "state_topic": self.value(meter, entity),
                "availability_topic": self.availability,
                **dict(entity.about),
                "device": {
                    "identifiers": [f"zaehlwerk_{meter.hex}"],
                    "name": model.name,
                    "manufacturer": model.vendor,
                    "model": model.model,
                },
                "origin": {"name": "Zählwerk", "sw_version": version("zaehlwerk")},
            },
            ensure_ascii=False,
        )
