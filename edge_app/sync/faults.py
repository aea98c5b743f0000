"""Why the cloud was not reached, in plain words."""

import ssl

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientOSError,
    ClientPayloadError,
    ServerDisconnectedError,
)


def in_words(fault: Exception) -> str:
    """Name what went wrong on the way; neither addresses nor contents are repeated.

    In TLS 1.3 the device is done with the handshake before the cloud has looked at its certificate, so a refusal comes
    where the answer would: as an alert, or as a connection that just ends.
    """
    if isinstance(fault, TimeoutError):
        return "the cloud did not answer in time"
    if isinstance(fault, ClientConnectorCertificateError):
        return f"the certificate that the cloud shows is not trusted: {_flaw(fault.certificate_error)}"
    if isinstance(fault.__cause__, ssl.SSLError):
        alert = (fault.__cause__.reason or "TLS error").replace("_", " ").lower()
        if "alert" in alert:
            return f"the cloud refuses our certificate in the TLS handshake: {alert}"
        return f"no TLS connection to the cloud: {alert}"
    if isinstance(fault, ClientConnectorError):
        return f"nobody answers at the cloud's address: {fault.strerror or 'unknown'}"
    if isinstance(fault, ServerDisconnectedError | ClientOSError):
        return "the cloud ended the connection without an answer, as it does when it refuses our certificate, or stops"
    if isinstance(fault, ClientPayloadError):
        return "the cloud's answer broke off"
    return f"what answers at the cloud's address is no Data API ({type(fault).__name__})"


def _flaw(error: Exception) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else type(error).__name__
