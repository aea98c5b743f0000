"""Tunnels: a device leases a port of a bastion, an operator is let through it, a bastion asks which leases ended."""

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cloud_api import wire
from cloud_api.access.caller import Standing, admit
from cloud_api.api.auditing import enter
from cloud_api.api.body import answer, take
from cloud_api.api.path import uuid_of
from cloud_api.api.status import MISSING
from cloud_api.errors import Fault, FieldsError, FixedError, MissingError, UnavailableError
from cloud_api.fleet.bastions import OPERATOR_ACCOUNT, SERVICE_ACCOUNT, TUNNEL_ACCOUNT, Bastion
from cloud_api.keys import CALLER, CLOCK, DATABASE, TUNNELS, WHO
from cloud_api.pki.ssh import public_key, public_text
from cloud_api.pki.ssh_certificates import (
    LEASE_LIFE,
    SESSION_LIFE,
    host_certificate,
    key_id,
    lease_certificate,
    session_certificate,
)
from cloud_api.store import devices, leases


async def lease(request: web.Request) -> web.Response:
    """Lease a port of a bastion to this device, with the certificate that lets it listen there."""
    form = await take(request, wire.LeaseRequest)
    key, host_key = _key(form.key, "/key"), _key(form.host_key, "/host_key")
    caller, tunnels, now = request[CALLER], request.app[TUNNELS], request.app[CLOCK].now()
    bastion = tunnels.bastions.of(caller.device)
    if bastion is None:
        raise MissingError("there is no bastion")
    until = now + LEASE_LIFE
    async with request.app[DATABASE].write() as database:
        found = await devices.registration(database, caller.device, caller.identity.serial)
        admit(caller.identity, found, Standing.DEVICE)  # it may have been revoked meanwhile
        port = await leases.take(database, caller.device, bastion.host, form.host_key, now=now, until=until)
        if port is None:
            raise UnavailableError("all ports of the bastion are leased")
        await enter(request, database, "tunnel leased", household=caller.household, subject=caller.device)
    authorities = tunnels.authorities
    return answer(
        wire.Lease(
            bastion=_told(request, bastion, TUNNEL_ACCOUNT),
            port=port,
            certificate=lease_certificate(authorities.tunnel, key, caller.device, port, now=now),
            host_certificate=host_certificate(authorities.hosts, host_key, str(caller.device), now=now),
            not_after=until,
        ),
        status=201,
    )


async def open_session(request: web.Request) -> web.Response:
    """Open the way to a device for an hour, for an operator whom the audit log names."""
    form = await take(request, wire.SessionRequest)
    key, uuid = _key(form.key, "/key"), uuid_of(request, MISSING)
    tunnels, now = request.app[TUNNELS], request.app[CLOCK].now()
    request[WHO] = f"{request[WHO]} {form.name}"
    async with request.app[DATABASE].write() as database:
        household = await devices.household_of(database, uuid)
        if household is None:
            raise MissingError(MISSING)
        leased = await leases.newest(database, uuid, now=now)
        bastion = tunnels.bastions.named(leased.bastion) if leased else None
        if leased is None or bastion is None:
            raise FixedError("the tunnel of this device is closed")
        await enter(request, database, "service session opened", household=household, subject=uuid)
    return answer(
        wire.ServiceSession(
            device=uuid,
            bastion=_told(request, bastion, OPERATOR_ACCOUNT),
            port=leased.port,
            account=SERVICE_ACCOUNT,
            host_key=leased.host_key,
            certificate=session_certificate(tunnels.authorities.operators, key, uuid, leased.port, now=now),
            not_after=now + SESSION_LIFE,
        ),
        status=201,
    )


async def denied(request: web.Request) -> web.Response:
    """The leases that were denied, whose sessions a bastion closes."""
    async with request.app[DATABASE].read() as database:
        found = await leases.denied(database)
    return answer(wire.DeniedLeases(denied=[key_id(device, port) for device, port in found]))


def _told(request: web.Request, bastion: Bastion, account: str) -> wire.Bastion:
    authority = public_text(request.app[TUNNELS].authorities.hosts.public_key())
    return wire.Bastion(host=bastion.host, port=bastion.port, account=account, authority=authority)


def _key(text: str, pointer: str) -> Ed25519PublicKey:
    """Raises FieldsError where the text is no key."""
    try:
        return public_key(text)
    except ValueError as error:
        raise FieldsError(str(error), Fault(pointer=pointer, detail=str(error))) from error
