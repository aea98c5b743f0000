"""Every route of the Data API, on one page."""

from cloud_api import wire
from cloud_api.api import account, consent, document, health, household, management, measurement
from cloud_api.api.route import Route
from cloud_api.errors import ConsentError, EmailTakenError, MissingError, OrderError, UnavailableError
from cloud_api.pki.scopes import Scope
from cloud_api.shared_secrets import Group

HEALTH = [
    Route("GET", "/healthz", health.alive, gives=wire.Health),
    Route("GET", "/readyz", health.ready, gives=wire.Health, refuses=(UnavailableError,)),
]

DEVICE = [
    Route("GET", "/account", account.show, Scope.ACCOUNT, gives=wire.Account, refuses=(ConsentError,)),
    Route("GET", "/household", household.show, Scope.HOUSEHOLD, gives=wire.HouseholdSummary, refuses=(ConsentError,)),
    Route("GET", "/household/consent", consent.show, Scope.CONSENT, gives=wire.Consent),
    Route(
        "POST",
        "/household/consent",
        consent.grant,
        Scope.CONSENT,
        takes=wire.ConsentGrant,
        takes_nothing_too=True,
        gives=wire.Consent,
        status=201,
        refuses=(OrderError,),
    ),
    Route("DELETE", "/household/consent", consent.revoke, Scope.CONSENT, gives=wire.Consent, refuses=(OrderError,)),
    Route(
        "GET",
        "/household/measurement_device",
        household.measurement_devices,
        Scope.HOUSEHOLD,
        gives=wire.MeasurementDevices,
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
    ),
]

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
        query=wire.HouseholdQuery,
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
    Route("GET", "/openapi.json", document.show),
]

DEVICE_PORT = [*HEALTH, *DEVICE]
PAGES_PORT = [*HEALTH, *MANAGEMENT]
EVERY = [*HEALTH, *DEVICE, *MANAGEMENT]
