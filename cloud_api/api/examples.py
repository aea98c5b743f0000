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
    {
        "uuid": ELECTRICITY,
        "type": "ELECTRICITY",
        "model_number": "MT681",
        "measurement_device": DEVICE,
        "model_known": True,
    },
    {
        "uuid": GENERATION,
        "type": "PV-GENERATION",
        "model_number": "EHZ",
        "measurement_device": DEVICE,
        "model_known": True,
    },
]
SYSTEMS = [{"uuid": "a7de5bf5-9f14-4f0c-a1ef-8c52c7a1bd02", **PLANT, "meter": GENERATION}]
SUMMARY = {"uuid": "3c1de3a4-63a4-4a76-8d2d-5a4cf37a9c1e", **PLACE}
CONSENT = {
    "state": "granted",
    "granted_at": "2026-11-24T09:58:11Z",
    "revoked_at": None,
    "text_version": "2026-11",
}
SHA256 = "acd81d12bbd35e6b3ac1a42a4a7a5b6c1b2c4f3f6e3b3e6d5ba1e1a2b9c0d7e4"
RECEIPT = {
    "statement": {"household": SUMMARY["uuid"], **CONSENT, "text_sha256": SHA256},
    "key": "9f1c2a6b7d3e4f50",
    "signature": "sW1Zr0l3dGh4bW9pY2Vz",
}
HOUSEHOLD = {
    **SUMMARY,
    "placement": {"precision": "manual", "region": "DE714"},
    "participant": ACCOUNT,
    "measurement_devices": DEVICES,
    "meters": METERS,
    "pv_systems": SYSTEMS,
    "consent": CONSENT,
}

INCIDENT = {
    "uuid": "be7c9f52-7f43-4d5a-8d70-3b1f4c6a0c11",
    "household": SUMMARY["uuid"],
    "meter": ELECTRICITY,
    "kind": "SERIAL-PORT-UNAVAILABLE",
    "cause": "absent",
    "detail": "the reading head is not plugged in",
    "opened_at": "2026-11-24T10:30:00Z",
    "reported_at": "2026-11-24T10:45:00Z",
    "resolved_at": None,
}
CORRECTION = {
    "uuid": "4f6d2b0e-1e0b-4e0e-9a53-5f0f1f3ad7c2",
    "household": SUMMARY["uuid"],
    "field": "/address/house_number",
    "value": "4b",
    "state": "applied",
    "word": "Thank you, it is 4b now.",
    "reported_at": "2026-11-24T11:00:00Z",
    "decided_at": "2026-11-25T08:12:00Z",
}
STATUS = {
    "uuid": DEVICE,
    "name": "cellar",
    "last_active_at": "2026-11-24T10:15:04Z",
    "versions": {"zaehlwerk-edge": "0.1.0", "python": "3.11.2"},
}

LISTED = {
    **STATUS,
    "household": SUMMARY["uuid"],
    "open_incidents": 1,
    "certificate_until": "2027-02-22T10:15:04Z",
    "certificate_denied": False,
    "refused_attempts": 0,
}
IN_QUESTION = {
    **LISTED,
    "standing": "incident",
    "participant": PERSON["name"],
    "consent": "granted",
    "completeness": 0.9876,
    "meters": [
        {
            "uuid": ELECTRICITY,
            "type": "ELECTRICITY",
            "model_number": "MT681",
            "last_measured_at": "2026-11-24T10:15:02.118Z",
        }
    ],
    "incidents": [INCIDENT],
    "buffered": 4,
    "update_state": "rolled-back",
    "update_tried": "0.2.0",
    "update_reason": "no measurement was stored",
}
ASKED = {"wanted_at": "2026-11-24T11:00:00Z", "received_at": None}
LEDGER = {
    "meter": ELECTRICITY,
    "expected": 96,
    "measured": 88,
    "late": 2,
    "missing": 6,
    "reasons": {"port-gone": 6},
    "completeness": 0.9375,
    "runs": [],
}
LACKING = {"meter": ELECTRICITY, "from": "2026-11-24T10:15:00Z", "to": "2026-11-24T11:45:00Z"}
REGION = {
    "code": "DE714",
    "name": "Wiesbaden",
    "density": 1367.9,
    "outline": [[[8.11, 50.0], [8.38, 50.0], [8.3, 50.15], [8.11, 50.0]]],
}
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKMaXJQ7onoxjMsKnPGX+zhbhNNGoUj+br7qH91aCYBq"
SSH_CERTIFICATE = "ssh-ed25519-cert-v01@openssh.com AAAAIHNz…"
BASTION = {"host": "bastion.example.org", "port": 2222, "account": "zaehlwerk-tunnel", "authority": SSH_KEY}
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMIHs…\n-----END CERTIFICATE REQUEST-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIC…\n-----END CERTIFICATE-----\n"

EXAMPLES: dict[type[wire.Message], dict[str, Any]] = {
    wire.CertificateRequest: {"request": CSR},
    wire.LateRenewal: {"certificate": CERTIFICATE, "request": CSR, "proof": "MEUCIQ=="},
    wire.IssuedCertificate: {"certificate": CERTIFICATE, "not_after": "2027-02-22T10:15:04Z"},
    wire.Account: ACCOUNT,
    wire.HouseholdSummary: SUMMARY,
    wire.Meters: {"meters": METERS},
    wire.PVSystems: {"pv_systems": SYSTEMS},
    wire.SignedConsent: CONSENT | {"receipt": RECEIPT},
    wire.ConsentTexts: {
        "version": "2026-11",
        "texts": [{"language": "de", "content": "Ich willige ein, dass …", "sha256": SHA256}],
    },
    wire.ConsentGrant: {"text_version": "2026-11", "text_sha256": SHA256},
    wire.Geodata: {
        "geodata": [
            {
                "kind": "districts",
                "imported_at": "2026-11-24T09:58:11Z",
                "entries": 400,
                "attributions": ["© GeoBasis-DE / BKG 2021 (Daten verändert)"],
            }
        ]
    },
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
    wire.HouseholdPatch: {
        "address": {"house_number": "4b"},
        "pv_systems": [{"uuid": "a7de5bf5-9f14-4f0c-a1ef-8c52c7a1bd02", **PLANT, "tilt": 30, "meter": GENERATION}],
    },
    wire.DeviceStatuses: {"measurement_devices": [STATUS]},
    wire.Releases: {
        "at": "2026-11-24T11:20:00Z",
        "devices": 120,
        "releases": [
            {
                "version": "0.2.0",
                "channel": "stable",
                "share": 0.1,
                "stages": [{"share": 0.1, "begin": "2026-11-24T08:00:00Z"}],
                "held": "1 of 12 devices failed, rolled back or fell silent",
                "stopped_at": "2026-11-24T11:05:00Z",
                "pinned": 0,
                "running": 10,
                "trying": 1,
                "failed": [
                    {
                        "device": DEVICE,
                        "state": "rolled-back",
                        "reason": "no measurement was stored",
                        "since": "2026-11-24T10:55:00Z",
                    }
                ],
                "failures": 1,
            }
        ],
        "versions": [{"version": "0.1.0", "devices": 110}, {"version": "0.2.0", "devices": 10}],
        "signed_until": "2027-02-20T08:00:00Z",
    },
    wire.ListedDevices: {
        "measurement_devices": [LISTED],
        "next": None,
    },
    wire.IncidentReport: {name: INCIDENT[name] for name in ("kind", "cause", "detail")},
    wire.IncidentResolution: {"kind": "SERIAL-PORT-UNAVAILABLE"},
    wire.Incident: INCIDENT,
    wire.Incidents: {"incidents": [INCIDENT], "next": None},
    wire.CorrectionDraft: {"field": "/address/house_number", "value": "4b"},
    wire.Correction: CORRECTION,
    wire.Corrections: {"corrections": [CORRECTION], "next": None},
    wire.Amendments: {
        "amendments": [
            {
                "at": "2026-11-25T08:12:00Z",
                "who": "researcher Erika Beispiel",
                "field": "/address/house_number",
                "before": "4a",
                "after": "4b",
            }
        ]
    },
    wire.CorrectionApplied: {"word": "Thank you, it is 4b now."},
    wire.CorrectionDeclined: {"word": "The land register says 4a."},
    wire.MissingSlotsReport: {"missing": [LACKING | {"reason": "port-gone"}]},
    wire.MissingSlotsNoted: {"slots": 6},
    wire.Lacking: {"lacking": [LACKING]},
    wire.HouseholdLedger: {
        "at": "2026-11-25T00:00:00Z",
        "completeness": 0.9375,
        "meters": [LEDGER],
    },
    wire.DevicesInQuestion: {
        "at": "2026-11-24T11:00:00Z",
        "totals": {"silent": 0, "incident": 1, "certificate": 0, "waiting": 3, "well": 96, "ended": 2},
        "devices": [IN_QUESTION],
        "next": None,
    },
    wire.DeviceHistory: {
        "at": "2026-11-25T00:00:00Z",
        "since": "2026-11-11T00:00:00Z",
        "device": IN_QUESTION,
        "completeness": 0.9375,
        "ledgers": [LEDGER],
        "incidents": [INCIDENT],
        "versions": [{"since": "2026-11-24T09:58:11Z", "versions": STATUS["versions"]}],
        "diagnostics": ASKED,
    },
    wire.DiagnosticsStatus: ASKED,
    wire.Diagnostics: {"files": {"health.txt": "disk: 71 % free\n"}},
    wire.DiagnosticsKept: {"kept": True},
    wire.Register: {
        "households": [
            {
                "uuid": SUMMARY["uuid"],
                "registered_at": "2026-11-20T08:12:00Z",
                **PERSON,
                "postal_code": "65195",
                "city": "Wiesbaden",
                "region": "DE714",
                "region_name": "Wiesbaden",
                "consent": "granted",
                "granted_at": "2026-11-24T09:58:11Z",
                "revoked_at": None,
                "lacks": [],
                "corrections": 1,
                "completeness": 0.973,
            }
        ],
        "total": 1,
    },
    wire.HouseholdCheck: {
        "location": PLACE["location"],
        "placement": {"precision": "manual", "region": "DE714"},
        "region": REGION,
        "repeats": False,
    },
    wire.Region: REGION,
    wire.Participation: {
        "consent": [{"name": "granted", "households": 41}, {"name": "not-granted", "households": 7}],
        "completeness": [{"name": "complete", "households": 41}],
        "federal_state": [{"name": "DE7", "households": 29}, {"name": "DEB", "households": 12}],
        "pv_power": [{"name": "10-30", "households": None}, {"name": "5-10", "households": None}],
        "over_time": [{"day": "2026-11-24", "not_granted": 7, "granted": 41, "revoked": 0}],
    },
    wire.Bundle: {"files": {"edge.toml": '[cloud]\nurl = "https://cloud.example.org:8443"\n'}},
    wire.LeaseRequest: {"key": SSH_KEY, "host_key": SSH_KEY},
    wire.Lease: {
        "bastion": BASTION,
        "port": 10_217,
        "certificate": SSH_CERTIFICATE,
        "host_certificate": SSH_CERTIFICATE,
        "not_after": "2026-11-24T18:15:04Z",
    },
    wire.SessionRequest: {"name": "Grace", "key": SSH_KEY},
    wire.ServiceSession: {
        "device": DEVICE,
        "bastion": BASTION | {"account": "zaehlwerk-operator"},
        "port": 10_217,
        "account": "service",
        "host_key": SSH_KEY,
        "certificate": SSH_CERTIFICATE,
        "not_after": "2026-11-24T11:15:04Z",
    },
    wire.DeniedLeases: {"denied": [f"device={DEVICE} port=10217"]},
    wire.Health: {"status": "ok"},
}
