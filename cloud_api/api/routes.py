"""Every route of the Data API, on one page."""

from cloud_api import wire
from cloud_api.api import account, consent, document, health, household, management, measurement
from cloud_api.api.route import Route
from cloud_api.errors import ConsentError, EmailTakenError, MissingError, OrderError
from cloud_api.pki.scopes import Scope
from cloud_api.shared_secrets import Group

HEALTH = [
    Route(
        method="GET",
        path="/healthz",
        handler=health.alive,
        summary="Whether the service answers",
        gives={200: wire.Health},
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=health.ready,
        summary="Whether the service could do its work now",
        gives={200: wire.Health, 503: wire.Health},
    ),
]

DEVICE = [
    Route(
        method="GET",
        path="/account",
        handler=account.show,
        summary="The contact person",
        needs=Scope.ACCOUNT,
        gives={200: wire.Account},
        refuses=(MissingError,),
    ),
    Route(
        method="GET",
        path="/household",
        handler=household.show,
        summary="The household of the device",
        needs=Scope.HOUSEHOLD,
        gives={200: wire.HouseholdSummary},
    ),
    Route(
        method="GET",
        path="/household/consent",
        handler=consent.show,
        summary="Whether consent stands",
        needs=Scope.CONSENT,
        gives={200: wire.Consent},
    ),
    Route(
        method="POST",
        path="/household/consent",
        handler=consent.grant,
        summary="Grant consent, once",
        needs=Scope.CONSENT,
        takes=wire.ConsentGrant,
        body_optional=True,
        gives={201: wire.Consent},
        refuses=(OrderError,),
    ),
    Route(
        method="DELETE",
        path="/household/consent",
        handler=consent.revoke,
        summary="Revoke consent, once and for good; the household is anonymised at the same moment",
        needs=Scope.CONSENT,
        gives={200: wire.Consent},
        refuses=(OrderError,),
    ),
    Route(
        method="GET",
        path="/household/measurement_device",
        handler=household.measurement_devices,
        summary="The devices of the household",
        needs=Scope.HOUSEHOLD,
        gives={200: wire.MeasurementDevices},
    ),
    Route(
        method="GET",
        path="/household/meter",
        handler=household.meters,
        summary="The meters of the household",
        needs=Scope.HOUSEHOLD,
        gives={200: wire.Meters},
    ),
    Route(
        method="GET",
        path="/household/pv_system",
        handler=household.pv_systems,
        summary="The photovoltaic systems of the household",
        needs=Scope.HOUSEHOLD,
        gives={200: wire.PVSystems},
    ),
    Route(
        method="GET",
        path="/household/meter/{uuid}/measurement",
        handler=measurement.show,
        summary="The measurements of a meter, oldest first",
        needs=Scope.MEASUREMENT_READ,
        query=wire.MeasurementQuery,
        gives={200: wire.Measurements},
        refuses=(ConsentError, MissingError),
    ),
    Route(
        method="POST",
        path="/household/meter/measurement",
        handler=measurement.add,
        summary="Store a batch of measurements, whole or not at all; sending again does no harm",
        needs=Scope.MEASUREMENT_WRITE,
        takes=wire.MeasurementBatch,
        gives={200: wire.Stored},
        refuses=(ConsentError, MissingError),
    ),
]

MANAGEMENT = [
    Route(
        method="POST",
        path="/management/household",
        handler=management.add,
        summary="Register a household",
        needs=Group.RESEARCHER,
        takes=wire.HouseholdDraft,
        gives={201: wire.Household},
        refuses=(EmailTakenError,),
    ),
    Route(
        method="GET",
        path="/management/household",
        handler=management.show_all,
        summary="All households, page by page",
        needs=Group.RESEARCHER,
        query=wire.HouseholdQuery,
        gives={200: wire.Households},
    ),
    Route(
        method="GET",
        path="/management/household/{uuid}",
        handler=management.show,
        summary="One household",
        needs=Group.RESEARCHER,
        gives={200: wire.Household},
        refuses=(MissingError,),
    ),
    Route(
        method="GET",
        path="/openapi.json",
        handler=document.show,
        summary="This document",
        gives={200: None},
    ),
]

DEVICE_PORT = [*HEALTH, *DEVICE]
PAGES_PORT = [*HEALTH, *MANAGEMENT]
EVERY = [*HEALTH, *DEVICE, *MANAGEMENT]
