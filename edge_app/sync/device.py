"""Who this device is: the uuid in its certificate, which the cloud knows it by."""

from pathlib import Path
from uuid import UUID

from cryptography import x509

from edge_app.errors import ConfigError

URN = "urn:uuid:"


def device_uuid(certificate: Path) -> UUID:
    """Read the uuid out of the certificate's alternative names. Raises ConfigError with the file's name."""
    try:
        names = (
            x509.load_pem_x509_certificate(certificate.read_bytes())
            .extensions.get_extension_for_class(x509.SubjectAlternativeName)
            .value.get_values_for_type(x509.UniformResourceIdentifier)
        )
        (uuid,) = [UUID(name.removeprefix(URN)) for name in names if name.startswith(URN)]
    except (OSError, ValueError, x509.ExtensionNotFound) as error:
        raise ConfigError(f"{certificate}: expected a device's certificate with one name {URN}… in it") from error
    return uuid
