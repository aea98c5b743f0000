"""How the two listeners speak TLS: 1.3 alone, so that a device's certificate crosses the wire encrypted."""

import ssl
from collections.abc import Sequence
from pathlib import Path


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
