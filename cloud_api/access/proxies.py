"""Proxies that end the TLS of devices before us: whom a request is from, believed from named addresses alone."""

import re
from base64 import b64decode
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from cloud_api.errors import CredentialError, SetupError
from cloud_api.pki.chain import Trust

HEADER = "Client-Cert"
"""The client's certificate, DER, as a byte sequence between colons (RFC 9440, RFC 8941)."""
FORWARDED = "X-Forwarded-For"
CHALLENGE = "Certificate"
_BYTES = re.compile(r":([A-Za-z0-9+/]+={0,2}):")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Proxies:
    """The addresses that are believed; without any, a header is a header."""

    networks: tuple[Network, ...]
    trust: Trust

    def certificate(self, request: web.Request) -> bytes | None:
        """The certificate of whoever is asking, DER. Raises CredentialError for one that is none of ours."""
        headers = request.headers.getall(HEADER, []) if self._believed(request) else []
        if not headers:
            connection = request.get_extra_info("ssl_object")
            shown: bytes | None = connection.getpeercert(binary_form=True) if connection else None
            return shown
        match = _BYTES.fullmatch(headers[0].strip())
        try:
            der = b64decode(match[1], validate=True) if match and not headers[1:] else b""
        except ValueError:
            der = b""
        if not self.trust.vouches(der):
            raise CredentialError("the client certificate is none of ours", challenge=CHALLENGE)
        return der

    def address(self, request: web.Request) -> str:
        """Where a request comes from, as finely as those are told apart who ask too often: a /64 of IPv6 is one."""
        address = _peer(request)
        if self._believed(request):
            last = request.headers.getall(FORWARDED, [""])[-1].rpartition(",")[2].strip()
            address = _parse(last) or address
        if isinstance(address, IPv6Address):
            return str(IPv6Network((address, 64), strict=False))
        return str(address)

    def _believed(self, request: web.Request) -> bool:
        peer = _peer(request)
        return peer is not None and any(peer in network for network in self.networks)


def named(addresses: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and networks such as 10.0.0.0/24. Raises SetupError for what is neither."""
    try:
        return tuple(ip_network(address) for address in addresses)
    except ValueError as error:
        raise SetupError(f"--proxy: {error}") from error


def _peer(request: web.Request) -> IPv4Address | IPv6Address | None:
    name = request.get_extra_info("peername")
    return _parse(name[0]) if name else None


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
