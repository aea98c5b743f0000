"""/certificate: a device's next certificate, for a key that it has made itself."""

from datetime import datetime

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy.ext.asyncio import AsyncConnection

from cloud_api import wire
from cloud_api.access.caller import Caller, Standing, admit, name_of
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, take
from cloud_api.errors import DeniedError, Fault, FieldsError, ForbiddenError, Problem
from cloud_api.keys import AUTHORITY, CALLER, CLOCK, DATABASE, FAILED, LIMITS, PROXIES, REFUSALS, WHO
from cloud_api.pki.identity import Identity, identity_of
from cloud_api.pki.issue import certificate_for
from cloud_api.pki.renewal import LATEST, proves, requested_key
from cloud_api.store import devices
from cloud_api.store.refusals import UNKNOWN


async def renew(request: web.Request) -> web.Response:
    """Issue the certificate that follows this one, which ends when the new one is first used."""
    form = await take(request, wire.CertificateRequest)
    caller = request[CALLER]
    key = _key(form.request, caller.identity)
    async with request.app[DATABASE].write() as database:
        found = await devices.registration(database, caller.device, caller.identity.serial)
        issued = await _issue(request, database, admit(caller.identity, found, Standing.DEVICE), key)
    return answer(issued, status=201)


async def renew_late(request: web.Request) -> web.Response:
    """Issue a certificate to a device whose own has expired, which no connection can be made with any more."""
    form = await take(request, wire.LateRenewal)
    address, now = request.app[PROXIES].address(request), request.app[CLOCK].now()
    request.app[FAILED].check(address, at=now)
    who = UNKNOWN
    try:
        certificate, identity = _own(request, form)
        who = str(identity.device)
        _check_proof(form, certificate, identity, now)
        request.app[LIMITS]["renewals"].take(identity.device, at=now)
        key = _key(form.request, identity)
        async with request.app[DATABASE].write() as database:
            caller = admit(
                identity, await devices.registration(database, identity.device, identity.serial), Standing.DEVICE
            )
            request[WHO] = name_of(identity)
            issued = await _issue(request, database, caller, key)
    except ForbiddenError as problem:
        _refused(request, who, problem, address, now)
        raise
    return answer(issued, status=201)


async def _issue(
    request: web.Request, database: AsyncConnection, caller: Caller, key: ec.EllipticCurvePublicKey
) -> wire.IssuedCertificate:
    """The address in it is the one of now: whoever corrected it is not locked out, the certificate follows."""
    now, identity = request.app[CLOCK].now(), caller.identity
    email = await devices.contact(database, caller.device)
    certificate = certificate_for(
        request.app[AUTHORITY], caller.device, key, email=email, now=now, scopes=identity.scopes
    )
    await devices.record_certificate(
        database,
        caller.device,
        certificate.serial_number,
        issued_at=now,
        not_after=certificate.not_valid_after_utc,
        replaces=identity.serial,
    )
    what = "certificate renewed" if email == identity.email else "certificate renewed with another address"
    await enter(request, database, what, household=caller.household, subject=caller.device)
    return wire.IssuedCertificate(
        certificate=certificate.public_bytes(Encoding.PEM).decode(), not_after=certificate.not_valid_after_utc
    )


def _key(pem: str, identity: Identity) -> ec.EllipticCurvePublicKey:
    """Raises FieldsError where the request is none, or not for a new key."""
    try:
        return requested_key(pem, other_than=identity.key)
    except ValueError as error:
        raise FieldsError(str(error), Fault(pointer="/request", detail=str(error))) from error


def _own(request: web.Request, form: wire.LateRenewal) -> tuple[x509.Certificate, Identity]:
    """Raises ForbiddenError unless our authority has issued this to a device."""
    try:
        certificate = x509.load_pem_x509_certificate(form.certificate.encode())
        der = certificate.public_bytes(Encoding.DER)
        if not request.app[PROXIES].trust.vouches(der):
            raise ForbiddenError("the certificate is none of ours")
        return certificate, identity_of(der)
    except ValueError as error:
        detail = "Expected the certificate of a device, PEM"
        raise FieldsError(detail, Fault(pointer="/certificate", detail=detail)) from error


def _check_proof(form: wire.LateRenewal, certificate: x509.Certificate, identity: Identity, now: datetime) -> None:
    if not proves(certificate, form.proof, form.request):
        raise ForbiddenError("the proof is no signature of the request by the key of the certificate")
    if now - identity.not_after >= LATEST:
        raise DeniedError(f"the certificate expired {LATEST.days} days ago or earlier; provision the device anew")


def _refused(request: web.Request, who: str, problem: Problem, address: str, now: datetime) -> None:
    request.app[FAILED].count(address, at=now)
    request.app[REFUSALS].note(who, problem.code, at=now)
