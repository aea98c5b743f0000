"""How the two listeners speak TLS: 1.3 alone, so that a device's certificate crosses the wire encrypted."""

import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509


def pages_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The pages port: nobody is asked for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0  # a resumed session would not be asked for its certificate again
    context.load_cert_chain(certificate, key)
    return context


def device_context(certificate: Path, key: Path, *, trusted: Sequence[Path]) -> ssl.SSLContext:
    """The device port: whoever shows a certificate needs one of ours; whoever shows none learns only of our health."""
    context = pages_context(certificate, key)
    context.verify_mode = ssl.CERT_OPTIONAL
    for authority in trusted:  # devices show their own certificate alone, so the whole chain has to be known here
        context.load_verify_locations(authority)
    return context


def trusting(ca: Path) -> ssl.SSLContext:
    """What a client of ours uses, who shows no certificate."""
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def server_names(certificate: Path) -> frozenset[str]:
    """The names and addresses that a server's certificate speaks for."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return frozenset({*names.get_values_for_type(x509.DNSName), *map(str, addresses)})
