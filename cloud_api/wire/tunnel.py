"""Messages about tunnels: the lease of a device, and the session of an operator."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from cloud_api.wire.fields import Moment, SshKey, Text
from cloud_api.wire.message import Message

Port = Annotated[int, Meta(ge=1, le=65_535)]
Certificate = Annotated[str, Meta(description="A certificate of OpenSSH, one line.")]


class Bastion(Message, frozen=True, kw_only=True):
    """Where tunnels end, and whom to believe that this is it."""

    host: str
    port: Port
    account: str
    authority: Annotated[str, Meta(description="Public key of the authority that vouches for hosts.")]


class LeaseRequest(Message, frozen=True, kw_only=True):
    """That a device wants to be reached."""

    key: Annotated[SshKey, Meta(description="A key that the device has made for this lease alone.")]
    host_key: Annotated[SshKey, Meta(description="By which the device's own SSH server is known.")]


class Lease(Message, frozen=True, kw_only=True):
    """A port of a bastion for a device, for a while; each lease has another."""

    bastion: Bastion
    port: Annotated[Port, Meta(description="Where the device may listen, on the bastion's loopback.")]
    certificate: Certificate
    host_certificate: Annotated[str, Meta(description="For `host_key`: that it is this device's.")]
    not_after: Moment


class SessionRequest(Message, frozen=True, kw_only=True):
    """That an operator wants to a device."""

    name: Annotated[Text, Meta(description="Who it is, for the audit log.")]
    key: Annotated[SshKey, Meta(description="A key that was made for this session alone.")]


class ServiceSession(Message, frozen=True, kw_only=True):
    """The way to a device, for an hour."""

    device: UUID
    bastion: Bastion
    port: Annotated[Port, Meta(description="Where the device is, on the bastion's loopback.")]
    account: Annotated[str, Meta(description="On the device.")]
    host_key: Annotated[str, Meta(description="By which the device's SSH server is known.")]
    certificate: Certificate
    not_after: Moment


class DeniedLeases(Message, frozen=True, kw_only=True):
    """Leases that were ended before their time."""

    denied: Annotated[list[str], Meta(description="The key ids of their certificates.")]
