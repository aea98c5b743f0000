"""Every route of the Data API, on one page."""

from cloud_api import wire
from cloud_api.access.caller import Standing
from cloud_api.access.shared_secrets import Group
from cloud_api.api import (
    account,
    certificate,
    consent,
    correction,
    document,
    geodata,
    health,
    household,
    incident,
    management,
    measurement,
    measurement_device,
    reference,
)
from cloud_api.api.body import JSON_TYPE, PATCH_TYPE
from cloud_api.api.route import Route
from cloud_api.errors import (
    ConsentError,
    DeniedError,
    EmailTakenError,
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

MANAGEMENT = [
    Route(
        "POST",
        "/management/household",
        management.add,
        Group.RESEARCHER,
        takes=wire.HouseholdDraft,
        gives=wire.Household,
        status=201,
        refuses=(EmailTakenError,),
    ),
    Route(
        "GET",
        "/management/household",
        management.show_all,
        Group.RESEARCHER,
        query=wire.UuidQuery,
        gives=wire.Households,
    ),
    Route(
        "GET",
        "/management/household/{uuid}",
        management.show,
        Group.RESEARCHER,
        gives=wire.Household,
        refuses=(MissingError,),
    ),
    Route("GET", "/management/geodata", geodata.show, Group.RESEARCHER, gives=wire.Geodata),
    Route(
        "PATCH",
        "/management/household/{uuid}",
        management.amend,
        Group.RESEARCHER,
        takes=wire.HouseholdPatch,
        takes_as=(PATCH_TYPE, JSON_TYPE),
        gives=wire.Household,
        refuses=(MissingError, EmailTakenError, FixedError),
    ),
    Route(
        "GET",
        "/management/correction",
        correction.show_all,
        Group.RESEARCHER,
        query=wire.CorrectionQuery,
        gives=wire.Corrections,
    ),
    Route(
        "POST",
        "/management/correction/{uuid}/apply",
        correction.apply,
        Group.RESEARCHER,
        takes=wire.CorrectionApplied,
        gives=wire.Correction,
        refuses=(MissingError, EmailTakenError, FixedError),
    ),
    Route(
        "POST",
        "/management/correction/{uuid}/decline",
        correction.decline,
        Group.RESEARCHER,
        takes=wire.CorrectionDeclined,
        gives=wire.Correction,
        refuses=(MissingError, FixedError),
    ),
    Route(
        "GET",
        "/management/measurement_device",
        measurement_device.show_all,
        Group.ADMINISTRATOR,
        query=wire.UuidQuery,
        gives=wire.ListedDevices,
    ),
    Route(
        "GET",
        "/management/incident",
        incident.show_all,
        Group.ADMINISTRATOR,
        query=wire.IncidentQuery,
        gives=wire.Incidents,
    ),
    Route("GET", "/openapi.json", document.show),
]

PAGES = [Route("GET", "/docs", reference.show), Route("GET", "/static/{name}", reference.static)]
"""What a browser shows; it stands in no document."""

DEVICE_PORT = [*HEALTH, LATE, *DEVICE]
PAGES_PORT = [*HEALTH, *MANAGEMENT, *PAGES]
EVERY = [*HEALTH, LATE, *DEVICE, *MANAGEMENT]
