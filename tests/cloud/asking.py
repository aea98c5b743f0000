"""Asking a cloud, and reading how it refuses."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from aiohttp import ClientSession

NOBODY = UUID("00000000-0000-4000-8000-000000000000")
"""A uuid that nothing has; the same in each process, so that tests are named alike."""
PREFIX = "urn:problem-type:zaehlwerk:"
UPLOAD = "/household/meter/measurement"


async def ask(client: ClientSession, method: str, path: str, **how: Any) -> tuple[int, Any]:
    """Status and JSON of an answer; a problem has to be told as RFC 9457 says."""
    async with client.request(method, path, **how) as answer:
        body = await answer.json(content_type=None)
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            assert body["status"] == answer.status
            assert body["type"].startswith(PREFIX)
            assert body["title"]
            assert body["detail"]
        else:
            assert answer.content_type == "application/json"
        return answer.status, body


async def code(client: ClientSession, method: str, path: str, **how: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    status, body = await ask(client, method, path, **how)
    return status, body["type"].removeprefix(PREFIX)


async def pointers(client: ClientSession, path: str, document: Any) -> list[str]:
    """The fields that a 422 names."""
    status, body = await ask(client, "POST", path, json=document)
    assert status == 422, body
    return [error["pointer"] for error in body["errors"]]


def measured(meter: str, *times: str, data: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """A batch of one meter, a measurement for each time."""
    registers = data or [{"0100010800ff": 10234.7412}, {"0100100700ff": -0.431}]
    return {"measurements": [{"meter": meter, "time": time, "data": registers} for time in times]}
