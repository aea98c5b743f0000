"""The household of the demonstration: two electricity meters, three generation meters, two photovoltaic systems."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMeter:
    """One meter, and the kind of it that is simulated."""

    model: str
    type: str
    variant: str | None = None

    @property
    def role(self) -> str:
        return self.type.lower()


METERS = (
    DemoMeter(model="MT681", type="ELECTRICITY"),
    DemoMeter(model="DD3", type="ELECTRICITY"),
    DemoMeter(model="MT175", type="PV-GENERATION"),
    DemoMeter(model="EHZ", type="PV-GENERATION"),
    DemoMeter(model="EASY", type="ELECTRICITY"),
)


def registration() -> dict[str, Any]:
    """What a researcher would have typed in."""
    return {
        "participant": {"name": "Demo Haushalt", "email": "demo@example.org"},
        "address": {
            "street": "Musterweg",
            "house_number": "1",
            "postal_code": "65195",
            "city": "Wiesbaden",
            "country": "DE",
        },
        "location": {"latitude": 50.08, "longitude": 8.24},
        "metadata": {
            "children": 2,
            "adults": 2,
            "employed_adults": 1,
            "ev_charger": True,
            "heat_pump": False,
            "home_battery": True,
        },
        "measurement_devices": [{"name": "cellar"}],
        "meters": [{"type": meter.type, "model_number": meter.model, "measurement_device": 0} for meter in METERS],
        "pv_systems": [
            {"nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": "2012-06-15", "meter": 2},
            {"nominal_power": 4.2, "azimuth": 260, "tilt": 20, "installation_date": "2019-04-02", "meter": 3},
        ],
    }
