"""The client of the Data API: what the device asks the cloud, over mutual TLS."""

import asyncio
import platform
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Self, TypeVar

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from yarl import URL

from edge_app.clock import Clock, Synchrony
from edge_app.config import CloudConfig
from edge_app.errors import UnreachableError
from edge_app.model.consent import Consent
from edge_app.model.incident import Incident
from edge_app.model.measurement import Measurement
from edge_app.model.missing import Missing
from edge_app.sync.answers import date_of, understand
from edge_app.sync.condition import DIAGNOSTICS, WANTED
from edge_app.sync.faults import in_words
from edge_app.sync.tls import Tls
from edge_app.sync.wire import (
    Account,
    CertificateRequest,
    ConsentDocument,
    Grant,
    Household,
    IssuedCertificate,
    Lacking,
    LackingDocument,
    LateRenewal,
    LeaseDocument,
    LeaseRequest,
    Noted,
    Report,
    Resolution,
    Stored,
    batch,
    explanation,
    packed,
)

T = TypeVar("T", bound=msgspec.Struct | dict[str, Any])
Looked = dict[str, Any]

COMPONENTS = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "linux": platform.release()}
USER_AGENT = f"zaehlwerk-edge/{version('zaehlwerk')} ({'; '.join(map('/'.join, COMPONENTS.items()))})"
LARGEST_ANSWER = 1024 * 1024
"""Bytes; the largest that the Data API gives a device is far below."""
IDLE = 5.0
"""Seconds for which a connection waits for the next request; the cloud's patience is longer."""


class CloudClient:
    """The Data API as seen from this device.

    Every question raises UnreachableError, RefusedError or ForbiddenError when it is not answered as asked.
    """

    def __init__(self, config: CloudConfig, session: ClientSession, *, clock: Clock, synchrony: Synchrony) -> None:
        self._url = config.url
        self._tls = Tls(config)
        self._session = session
        self._clock = clock
        self._synchrony = synchrony
        self._condition: Callable[[], Awaitable[Mapping[str, str]]] | None = None
        self.diagnostics_wanted = asyncio.Event()
        """Set once the cloud has asked for diagnostics with an answer."""

    def tell_with_each(self, condition: Callable[[], Awaitable[Mapping[str, str]]]) -> None:
        """Say how the device is with every request from now on, in headers."""
        self._condition = condition

    @classmethod
    @asynccontextmanager
    async def open(cls, config: CloudConfig, *, clock: Clock, synchrony: Synchrony) -> AsyncIterator[Self]:
        """Make a client; nothing is sent yet. Raises ConfigError when a certificate file cannot be used.

        `synchrony` hears of the cloud's clock with every answer.
        """
        async with ClientSession(
            connector=TCPConnector(keepalive_timeout=IDLE),
            timeout=ClientTimeout(total=config.timeout),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        ) as session:
            yield cls(config, session, clock=clock, synchrony=synchrony)

    async def account(self) -> Account:
        return await self._ask("GET", "account", Account)

    async def household(self) -> Household:
        return await self._ask("GET", "household", Household)

    async def consent(self) -> Consent:
        return (await self._ask("GET", "household/consent", ConsentDocument)).to_consent()

    async def grant(self, text_version: str, text_sha256: str | None = None) -> Consent:
        """Grant consent to this version of the text, by its hash to the very text that was shown.

        Refused when it was granted or revoked before.
        """
        document = Grant(text_version=text_version, text_sha256=text_sha256)
        return (await self._ask("POST", "household/consent", ConsentDocument, document)).to_consent()

    async def revoke(self) -> Consent:
        """Revoke consent, for good; refused unless it stands."""
        return (await self._ask("DELETE", "household/consent", ConsentDocument)).to_consent()

    async def look(self, path: str) -> Looked:
        """Whatever GET of a path, with its query, gives: what the pages show is shown as it came."""
        return await self._ask("GET", path, dict)

    async def tell(self, path: str, document: Mapping[str, Any]) -> Looked:
        """The same of a POST."""
        return await self._ask("POST", path, dict, document)

    async def send(self, measurements: Sequence[Measurement]) -> Stored:
        """Send measurements; once this returns the cloud holds all of them. Sending again does no harm."""
        stored = await self._ask("POST", "household/meter/measurement", Stored, batch(measurements))
        if stored.stored + stored.duplicates != len(measurements):
            raise UnreachableError(f"the cloud speaks of {stored.stored + stored.duplicates}, not {len(measurements)}")
        return stored

    async def explain(self, missing: Sequence[Missing]) -> None:
        """Say why slots have no measurement; saying it again does no harm."""
        await self._ask("POST", "household/ledger/missing", Noted, explanation(missing))

    async def lacking(self) -> list[LackingDocument]:
        """The slots that the cloud asks us about."""
        return (await self._ask("GET", "household/ledger/lacking", Lacking)).lacking

    async def report(self, incident: Incident) -> None:
        """Tell of an incident that has begun."""
        document = Report(kind=incident.kind, cause=incident.cause, detail=incident.detail)
        await self._ask("POST", f"household/meter/{incident.meter}/incident/report", Noted, document)

    async def resolve(self, incident: Incident) -> None:
        """Tell of an incident that is over."""
        path = f"household/meter/{incident.meter}/incident/resolve"
        await self._ask("POST", path, Noted, Resolution(kind=incident.kind))

    async def send_diagnostics(self, files: Mapping[str, str]) -> None:
        """Send what the cloud has asked for; what nobody has asked for it does not keep."""
        self.diagnostics_wanted.clear()
        await self._ask("POST", "household/measurement_device/diagnostics", Noted, {"files": dict(files)})

    async def renew(self, request: str) -> str:
        """Ask for our next certificate; PEM in, PEM out."""
        document = CertificateRequest(request=request)
        return (await self._ask("POST", "certificate", IssuedCertificate, document)).certificate

    async def renew_late(self, *, certificate: str, request: str, proof: str) -> str:
        """The same without showing a certificate, as ours has expired."""
        document = LateRenewal(certificate=certificate, request=request, proof=proof)
        answer = await self._ask("POST", "certificate/late", IssuedCertificate, document, anonymous=True)
        return answer.certificate

    async def lease(self, request: LeaseRequest) -> LeaseDocument:
        """Ask for a port of a bastion, and the certificate that lets us listen there."""
        return await self._ask("POST", "household/measurement_device/tunnel", LeaseDocument, request)

    async def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        document: msgspec.Struct | Mapping[str, Any] | None = None,
        *,
        anonymous: bool = False,
    ) -> T:
        body, headers = None, {}
        if document is not None:
            body = packed(document)
            headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        if self._condition and not anonymous:
            headers |= await self._condition()
        try:
            async with self._session.request(
                method,
                self._url.join(URL(path)),
                data=body,
                headers=headers,
                ssl=self._tls.anonymous if anonymous else self._tls.context,
                allow_redirects=False,
            ) as response:
                now = self._clock.now()
                answer = await _read(response)
        except (ClientError, OSError) as fault:
            raise UnreachableError(in_words(fault)) from fault
        if response.headers.get(WANTED) == DIAGNOSTICS:
            self.diagnostics_wanted.set()
        theirs = date_of(response.headers)
        if theirs:
            self._synchrony.compare(now, theirs)
        return understand(response.status, response.headers, answer, kind, now=now)


async def _read(response: ClientResponse) -> bytes:
    answer = bytearray()
    async for chunk in response.content.iter_any():
        answer += chunk
        if len(answer) > LARGEST_ANSWER:
            raise UnreachableError("the cloud's answer does not end")
    return bytes(answer)
