"""Renewal: what a device asks for with a signing request, and how it proves an old key without a connection by it."""

from base64 import b64decode
from datetime import timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LATEST = timedelta(days=400)
"""How long after its end a certificate can still be renewed, by a device that slept or was offline."""


def requested_key(pem: str, *, other_than: bytes) -> ec.EllipticCurvePublicKey:
    """The key that a signing request proves to have; nothing else of it counts.

    Raises ValueError where it is no request, or for a key that is in use already.
    """
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        sound = request.is_signature_valid
    except Exception as error:  # besides ValueError, UnsupportedAlgorithm and others, by what was sent
        raise ValueError("Expected a certificate signing request, PEM") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("Expected a request for a key on the curve P-256")  # noqa: TRY004  # the request is to blame
    if not sound:
        raise ValueError("Expected a request that is signed by its own key")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == other_than:
        raise ValueError("Expected a request for another key than that of the present certificate")
    return key


def proves(certificate: x509.Certificate, proof: str, request: str) -> bool:
    """Whether the proof is a signature of the request's text by the certificate's key: ECDSA, SHA-256, base64."""
    key = certificate.public_key()
    try:
        signature = b64decode(proof, validate=True)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(signature, request.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
