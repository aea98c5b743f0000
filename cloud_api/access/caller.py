"""Who is asking, and what they may: the smallest of what certificate, consent and registry allow."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from cloud_api.errors import ConsentError, DeniedError, ForbiddenError
from cloud_api.pki.identity import Identity
from cloud_api.pki.scopes import Scope
from cloud_api.store.devices import Registration
from cloud_api.wire.fields import ConsentState

BY_CONSENT: dict[ConsentState, frozenset[Scope]] = {
    "not-granted": frozenset({Scope.ACCOUNT, Scope.HOUSEHOLD, Scope.CONSENT, Scope.MEASUREMENT_READ}),
    "granted": frozenset(Scope),
    "revoked": frozenset({Scope.CONSENT}),
}
"""What consent allows. Once it is revoked, a device may only learn that it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A device that was let in, and the household that it speaks for."""

    device: UUID
    household: UUID
    identity: Identity


class Standing(Enum):
    """A right that no scope names."""

    DEVICE = "device"
    """What every device may that comes with a certificate that stands."""


def name_of(identity: Identity) -> str:
    """A device in the audit log."""
    return f"device {identity.device} certificate {identity.serial:x}"


def admit(identity: Identity, registration: Registration | None, needed: Scope | Standing) -> Caller:
    """Raises ForbiddenError where the registry, the certificate or consent does not allow what is needed."""
    if registration is None:
        raise ForbiddenError("this certificate is not one of a registered device")
    if registration.denied:
        raise DeniedError(f"the certificate was {registration.denied}")
    if isinstance(needed, Scope):
        if needed not in identity.scopes:
            raise ForbiddenError(f"the certificate lacks the scope `{needed}`")
        if needed not in BY_CONSENT[registration.consent]:
            raise ConsentError(f"consent is {registration.consent}, which does not allow `{needed}`")
    return Caller(device=registration.device, household=registration.household, identity=identity)
