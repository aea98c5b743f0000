"""Every route of the Data API: those of devices here, those of people beside."""

from cloud_api import wire
from cloud_api.access.caller import Standing
from cloud_api.api import (
    account,
    certificate,
    consent,
    correction,
    diagnostics,
    health,
    household,
    incident,
    ledger,
    measurement,
    measurement_device,
    reference,
    tunnel,
    updates,
)
from cloud_api.api.management_routes import MANAGEMENT
from cloud_api.api.route import Route
from cloud_api.errors import (
    ConsentError,
    DeniedError,
    FixedError,
    ForbiddenError,
    MissingError,
    OrderError,
    UnavailableError,
)
from cloud_api.pki.scopes import Scope

HEALTH = [
    Route("GET", "/healthz", health.alive, gives=wire.Health),
    Route("GET", "/readyz", health.ready, gives=wire.Health, refuses=(UnavailableError,)),
]

DEVICE = [
    Route(
        "POST",
        "/certificate",
        certificate.renew,
        Standing.DEVICE,
        takes=wire.CertificateRequest,
        gives=wire.IssuedCertificate,
        status=201,
        refuses=(DeniedError,),
        limit="renewals",
    ),
    Route("GET", "/account", account.show, Scope.ACCOUNT, gives=wire.Account, refuses=(ConsentError,)),
    Route("GET", "/household", household.show, Scope.HOUSEHOLD, gives=wire.HouseholdSummary, refuses=(ConsentError,)),
    Route("GET", "/household/consent", consent.show, Scope.CONSENT, gives=wire.SignedConsent),
    Route("GET", "/household/consent/text", consent.text, Scope.CONSENT, gives=wire.ConsentTexts),
    Route(
        "POST",
        "/household/consent",
        consent.grant,
        Scope.CONSENT,
        takes=wire.ConsentGrant,
        takes_nothing_too=True,
        gives=wire.SignedConsent,
        status=201,
        refuses=(OrderError,),
    ),
    Route(
        "DELETE",
        "/household/consent",
        consent.revoke,
        Scope.CONSENT,
        gives=wire.SignedConsent,
        refuses=(OrderError,),
    ),
    Route(
        "GET",
        "/household/measurement_device",
        measurement_device.show,
        Scope.HOUSEHOLD,
        gives=wire.DeviceStatuses,
        refuses=(ConsentError,),
    ),
    Route("GET", "/household/meter", household.meters, Scope.HOUSEHOLD, gives=wire.Meters, refuses=(ConsentError,)),
    Route(
        "GET",
        "/household/pv_system",
        household.pv_systems,
        Scope.HOUSEHOLD,
        gives=wire.PVSystems,
        refuses=(ConsentError,),
    ),
    Route(
        "GET",
        "/household/meter/{uuid}/measurement",
        measurement.show,
        Scope.MEASUREMENT_READ,
        query=wire.MeasurementQuery,
        gives=wire.Measurements,
        refuses=(ConsentError, MissingError),
    ),
    Route(
        "POST",
        "/household/meter/measurement",
        measurement.add,
        Scope.MEASUREMENT_WRITE,
        takes=wire.MeasurementBatch,
        gives=wire.Stored,
        refuses=(ConsentError, MissingError),
        limit="uploads",
    ),
    Route(
        "GET",
        "/household/meter/{uuid}/incident",
        incident.show,
        Scope.INCIDENT,
        query=wire.IncidentQuery,
        gives=wire.Incidents,
        refuses=(ConsentError, MissingError),
    ),
    Route(
        "POST",
        "/household/meter/{uuid}/incident/report",
        incident.report,
        Scope.INCIDENT,
        takes=wire.IncidentReport,
        gives=wire.Incident,
        refuses=(ConsentError, MissingError),
        limit="reports",
    ),
    Route(
        "POST",
        "/household/meter/{uuid}/incident/resolve",
        incident.resolve,
        Scope.INCIDENT,
        takes=wire.IncidentResolution,
        gives=wire.Incident,
        refuses=(ConsentError, MissingError),
        limit="reports",
    ),
    Route(
        "GET",
        "/household/ledger",
        ledger.show,
        Scope.HOUSEHOLD,
        query=wire.LedgerQuery,
        gives=wire.HouseholdLedger,
        refuses=(ConsentError,),
    ),
    Route(
        "GET",
        "/household/ledger/lacking",
        ledger.lacking,
        Scope.MEASUREMENT_WRITE,
        gives=wire.Lacking,
        refuses=(ConsentError,),
    ),
    Route(
        "POST",
        "/household/ledger/missing",
        ledger.explain,
        Scope.MEASUREMENT_WRITE,
        takes=wire.MissingSlotsReport,
        gives=wire.MissingSlotsNoted,
        refuses=(ConsentError, MissingError),
        limit="reports",
    ),
    Route(
        "POST",
        "/household/measurement_device/diagnostics",
        diagnostics.send,
        Standing.DEVICE,
        takes=wire.Diagnostics,
        gives=wire.DiagnosticsKept,
        refuses=(DeniedError,),
        limit="reports",
    ),
    Route(
        "POST",
        "/household/measurement_device/tunnel",
        tunnel.lease,
        Standing.DEVICE,
        takes=wire.LeaseRequest,
        gives=wire.Lease,
        status=201,
        refuses=(DeniedError, MissingError, UnavailableError),
        limit="leases",
    ),
    Route(
        "GET",
        "/household/correction",
        correction.show,
        Scope.HOUSEHOLD,
        query=wire.CorrectionQuery,
        gives=wire.Corrections,
        refuses=(ConsentError,),
    ),
    Route(
        "POST",
        "/household/correction",
        correction.report,
        Scope.HOUSEHOLD,
        takes=wire.CorrectionDraft,
        gives=wire.Correction,
        status=201,
        refuses=(ConsentError, FixedError),
        limit="reports",
    ),
]

LATE = Route(
    "POST",
    "/certificate/late",
    certificate.renew_late,
    takes=wire.LateRenewal,
    gives=wire.IssuedCertificate,
    status=201,
    refuses=(DeniedError, ForbiddenError),
    limit="renewals",
)
"""What a device asks that has no certificate any more to ask with; its body proves who it was."""

UPDATES = [
    Route("GET", "/updates/metadata/{name}", updates.metadata, Standing.DEVICE, sign_of_life=False),
    Route("GET", "/updates/targets/{folder}/{name}", updates.target, Standing.DEVICE, sign_of_life=False),
]
"""Files as The Update Framework has them, asked for by what runs beside the service of a device."""

PAGES = [Route("GET", "/docs", reference.show), Route("GET", "/static/{name}", reference.static)]
"""What a browser shows; it stands in no document."""

DEVICE_PORT = [*HEALTH, LATE, *DEVICE, *UPDATES]
PAGES_PORT = [*HEALTH, *MANAGEMENT, *PAGES]
EVERY = [*HEALTH, LATE, *DEVICE, *MANAGEMENT]
