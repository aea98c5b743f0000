"""A household as the cloud tells of it."""

from typing import Any
from uuid import uuid4

from tests.pages.home import EHZ, MT681

DEVICE, PLANT = str(uuid4()), str(uuid4())


def registered(text: str = "Erika Mustermann") -> dict[str, Any]:
    """What the cloud says of a household, with a text in every field that takes one."""
    street = {"street": text, "house_number": text, "postal_code": text, "city": text, "country": text}
    people = {"children": 2, "adults": 2, "employed_adults": 1, "ev_charger": True, "heat_pump": False}
    plant = {"nominal_power": 9.8, "azimuth": 180.0, "tilt": 35.0, "installation_date": "2012-06-15"}
    meter = {"model_number": text, "measurement_device": DEVICE, "model_known": True}
    report = {"uuid": str(uuid4()), "value": text, "reported_at": "2026-11-24T10:00:00Z", "household": "x"}
    return {
        "account": {"uuid": str(uuid4()), "name": text, "email": text},
        "household": {
            "uuid": str(uuid4()),
            "address": street,
            "location": {"latitude": 50.08, "longitude": 8.24},
            "metadata": people | {"home_battery": None},
        },
        "household/measurement_device": {
            "measurement_devices": [
                {"uuid": DEVICE, "name": text, "last_active_at": "2026-11-24T10:00:00Z", "versions": {}},
                {"uuid": str(uuid4()), "name": f"{text} 2", "last_active_at": None, "versions": {}},
            ]
        },
        "household/meter": {
            "meters": [
                meter | {"uuid": str(MT681), "type": "ELECTRICITY"},
                meter | {"uuid": str(EHZ), "type": "PV-GENERATION"},
                meter | {"uuid": str(uuid4()), "type": "ELECTRICITY"},
            ]
        },
        "household/pv_system": {"pv_systems": [plant | {"uuid": PLANT, "meter": str(EHZ)}]},
        "household/correction": {
            "corrections": [
                report | {"field": "/address/street", "state": "declined", "word": text},
                report | {"field": "/address/street", "state": "open", "word": None},
                report | {"field": f"/pv_systems/{PLANT}/tilt", "state": "applied", "word": text},
            ]
        },
        f"household/meter/{MT681}/measurement?limit=1": {
            "measurements": [{"meter": str(MT681), "time": "2026-03-01T10:00:00Z", "data": []}],
            "next": None,
        },
    }
