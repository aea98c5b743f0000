"""Asking the Data API, as any client would: over HTTP, with the secret of whoever is logged in."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from aiohttp import BaseConnector, ClientError, ClientSession, ClientTimeout

from cloud_api import wire
from cloud_api.errors import Fault
from cloud_api.wire import json_exact

T = TypeVar("T")
LONGEST = 30.0
"""Seconds until an answer has to be there."""
PATIENCE = 3
"""Seconds that are waited, once, where the Data API asks to come again."""
AWAY, OFTEN = 503, 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """On whose behalf it is asked: the secret, the address that the request came from, and the name given at log-in."""

    secret: str
    address: str
    name: str = ""


class RefusedError(Exception):
    """The Data API refused, or was not there (503). Holds what a page may say of it."""

    def __init__(self, status: int, detail: str, faults: list[Fault], *, code: str = "", wait: int = 0) -> None:
        super().__init__(f"{status}")
        self.status, self.detail, self.faults, self.code, self.wait = status, detail, faults, code, wait


class DataApi:
    """The Data API at one address."""

    def __init__(self, client: ClientSession) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, connector: BaseConnector) -> AsyncIterator["DataApi"]:
        """The Data API while the block lasts; the connector knows the way, and whom to trust."""
        async with ClientSession(url, connector=connector, timeout=ClientTimeout(total=LONGEST)) as client:
            yield cls(client)

    async def knock(self, asker: Asker, path: str) -> None:
        """Find out whether it is answered. Raises RefusedError, as the others do."""
        await self._ask(asker, "GET", path, query={"limit": "1"})

    async def get(self, asker: Asker, path: str, kind: type[T], query: Mapping[str, str] | None = None) -> T:
        return json_exact.decode(await self._ask(asker, "GET", path, query=query), kind)

    async def send(self, asker: Asker, method: str, path: str, kind: type[T], body: Any = None) -> T:
        return json_exact.decode(await self._ask(asker, method, path, body=body), kind)

    async def _ask(
        self, asker: Asker, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Any = None
    ) -> bytes:
        headers = {
            "Authorization": f"Bearer {asker.secret}",
            "X-Forwarded-For": asker.address,
            "Zaehlwerk-Person": quote(asker.name),
        }
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json_exact.encode(body)
        try:
            for last in (False, True):
                async with self._client.request(method, path, params=query, data=data, headers=headers) as answer:
                    content = await answer.read()
                    wait = int(answer.headers.get("Retry-After", "0"))
                if answer.status == OFTEN and wait <= PATIENCE and not last:
                    await asyncio.sleep(wait)
                    continue
                break
        except (ClientError, TimeoutError) as error:
            raise RefusedError(AWAY, "", []) from error
        if answer.ok:
            return content
        raise _refused(answer.status, content, wait)


def _refused(status: int, content: bytes, wait: int) -> RefusedError:
    try:
        problem = json_exact.decode(content, wire.ProblemDocument)
    except msgspec.DecodeError:
        return RefusedError(status, "", [], wait=wait)
    faults = [Fault(pointer=error.pointer, detail=error.detail) for error in problem.errors or []]
    return RefusedError(status, problem.detail, faults, code=problem.type.rpartition(":")[2], wait=wait)
