"""The device's certificate: the preloaded one is exchanged at first contact, each other is renewed in time or late."""

import logging
import random
from base64 import b64encode

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from edge_app.clock import Clock
from edge_app.config import CloudConfig
from edge_app.errors import CloudError, ConfigError, UnreachableError
from edge_app.store import Store
from edge_app.sync.answers import BusyError
from edge_app.sync.client import CloudClient
from edge_app.sync.contact import Contact
from edge_app.sync.pair import Credential, Pair

LOOK_EVERY = 3600.0
"""Seconds between looks whether it is time; the time of day may be set in between."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 6 * 3600.0
"""Seconds: a pause after failures is drawn from nothing to the first, and to twice as much after each further one."""

logger = logging.getLogger(__name__)


async def keep_certificate(
    store: Store, cloud: CloudClient, *, config: CloudConfig, clock: Clock, rng: random.Random
) -> None:
    """See that the device has a certificate that stands, with a key that was made here, for as long as the app runs."""
    pair = Pair.of(config)
    contact = Contact(matter="certificate", store=store, clock=clock)
    failures = 0
    while True:
        present = pair.load()
        wait = (present.due - clock.now()).total_seconds()
        if wait > 0:
            await clock.sleep(min(wait, LOOK_EVERY))
            continue
        try:
            await _renew(cloud, pair, present, clock)
        except CloudError as error:
            await contact.failed(error)
            wanted = error.retry_after if isinstance(error, BusyError) else 0.0
        except ConfigError as error:
            logger.error("%s", error)  # noqa: TRY400  # where it was raised says nothing more
            wanted = LOOK_EVERY
        else:
            await contact.answered()
            failures = 0
            continue
        failures += 1
        longest = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE)
        await clock.sleep(max(rng.uniform(0, longest), wanted))


async def _renew(cloud: CloudClient, pair: Pair, present: Credential, clock: Clock) -> None:
    """Make a key, have it certified, keep both; the old certificate ends when the new one is first shown."""
    key = ec.generate_private_key(ec.SECP256R1())
    request = _request(present, key)
    if present.not_after > clock.now():
        issued = await cloud.renew(request)
    else:
        proof = b64encode(present.key.sign(request.encode(), ec.ECDSA(hashes.SHA256()))).decode()
        issued = await cloud.renew_late(certificate=present.pem, request=request, proof=proof)
    pair.replace(_checked(issued, key), key)
    await cloud.consent()


def _request(present: Credential, key: ec.EllipticCurvePrivateKey) -> str:
    builder = x509.CertificateSigningRequestBuilder().subject_name(present.certificate.subject)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _checked(pem: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Raises UnreachableError for what would leave us without a way back."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise UnreachableError("the cloud's answer holds no certificate") from error
    if certificate.public_key() != key.public_key():
        raise UnreachableError("the cloud's certificate is for another key than ours")
    return certificate
