"""Mutual TLS: our certificate and key, and the one authority that the cloud is trusted by."""

import logging
import ssl

from edge_app.config import CloudConfig
from edge_app.errors import ConfigError

logger = logging.getLogger(__name__)


class Tls:
    """The TLS settings of the files that the configuration names; renewed files are taken up when they change."""

    def __init__(self, config: CloudConfig) -> None:
        self._files = {"certificate": config.certificate, "key": config.key, "ca": config.ca}
        self._stamps = self._look()
        self._context = self._load()

    @property
    def context(self) -> ssl.SSLContext:
        """What the next connection uses. While changed files do not fit together, it is what was in use."""
        stamps = self._look()
        if stamps != self._stamps:
            try:
                self._context = self._load()
                logger.info("the device's certificate was renewed")
            except ConfigError as error:
                logger.warning("%s; the certificate of before is used on", error)
            self._stamps = stamps
        return self._context

    @property
    def anonymous(self) -> ssl.SSLContext:
        """What a connection uses that shows no certificate of ours."""
        return self._trusting()

    def _look(self) -> list[int]:
        return [file.stat().st_mtime_ns if file.exists() else 0 for file in self._files.values()]

    def _load(self) -> ssl.SSLContext:
        context = self._trusting()
        certificate, key = self._files["certificate"], self._files["key"]
        try:
            context.load_cert_chain(certificate, key, password="")  # without one, OpenSSL asks the terminal
        except OSError as error:
            raise ConfigError(f"{certificate}, {key}: expected a certificate and its key ({_why(error)})") from error
        return context

    def _trusting(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        ca = self._files["ca"]
        try:
            context.load_verify_locations(ca)
        except OSError as error:
            raise ConfigError(f"{ca}: expected an authority's certificate ({_why(error)})") from error
        return context


def _why(error: OSError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return (reason or type(error).__name__).replace("_", " ").lower()
