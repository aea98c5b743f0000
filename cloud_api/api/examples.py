"""An example of each message, as it stands in the OpenAPI document."""

from typing import Any

from cloud_api import wire

DEVICE = "7f0f1f57-3c6b-4cc4-8a5e-62e3f1fd5a10"
ELECTRICITY, GENERATION = "0b8a2a9c-52a5-4c0c-9b0b-4a3e57cf1c55", "d6a4d1d8-06a8-4a2b-b0a4-c0f2b5f3d1ce"
MEASURED = {
    "meter": ELECTRICITY,
    "time": "2026-11-24T10:15:02.118Z",
    "data": [{"0100010800ff": 10234.7412}, {"0100100700ff": -0.431}],
}
PERSON = {"name": "Erika Mustermann", "email": "erika@example.org"}
PLACE: dict[str, Any] = {
    "address": {
        "street": "Musterweg",
        "house_number": "4a",
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
}
PLANT = {"nominal_power": 9.8, "azimuth": 180, "tilt": 35, "installation_date": "2012-06-15"}
ACCOUNT = {"uuid": "52a4ec0a-8d38-4a3e-93f4-0a5a5f5f2b0d", **PERSON}
DEVICES = [{"uuid": DEVICE, "name": "cellar"}]
METERS = [
    {"uuid": ELECTRICITY, "type": "ELECTRICITY", "model_number": "MT681", "measurement_device": DEVICE},
    {"uuid": GENERATION, "type": "PV-GENERATION", "model_number": "EHZ", "measurement_device": DEVICE},
]
SYSTEMS = [{"uuid": "a7de5bf5-9f14-4f0c-a1ef-8c52c7a1bd02", **PLANT, "meter": GENERATION}]
SUMMARY = {"uuid": "3c1de3a4-63a4-4a76-8d2d-5a4cf37a9c1e", **PLACE}
CONSENT = {
    "state": "granted",
    "granted_at": "2026-11-24T09:58:11Z",
    "revoked_at": None,
    "text_version": "2026-11",
}
HOUSEHOLD = {
    **SUMMARY,
    "participant": ACCOUNT,
    "measurement_devices": DEVICES,
    "meters": METERS,
    "pv_systems": SYSTEMS,
    "consent": CONSENT,
}

EXAMPLES: dict[type[wire.Message], dict[str, Any]] = {
    wire.Account: ACCOUNT,
    wire.HouseholdSummary: SUMMARY,
    wire.MeasurementDevices: {"measurement_devices": DEVICES},
    wire.Meters: {"meters": METERS},
    wire.PVSystems: {"pv_systems": SYSTEMS},
    wire.Consent: CONSENT,
    wire.ConsentGrant: {"text_version": "2026-11"},
    wire.MeasurementBatch: {"measurements": [MEASURED]},
    wire.Stored: {"stored": 1, "duplicates": 0},
    wire.Measurements: {"measurements": [MEASURED], "next": None},
    wire.HouseholdDraft: {
        "participant": PERSON,
        **PLACE,
        "measurement_devices": [{"name": "cellar"}],
        "meters": [
            {"type": "ELECTRICITY", "model_number": "MT681", "measurement_device": 0},
            {"type": "PV-GENERATION", "model_number": "EHZ", "measurement_device": 0},
        ],
        "pv_systems": [{**PLANT, "meter": 1}],
    },
    wire.Household: HOUSEHOLD,
    wire.Households: {"households": [HOUSEHOLD], "next": None},
    wire.Health: {"status": "ok"},
}
