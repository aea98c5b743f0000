"""/openapi.json: the description of all this, as it was made out of routes and messages."""

from functools import cache
from importlib.resources import files

from aiohttp import web

SNAPSHOT = "openapi.json"


async def show(_request: web.Request) -> web.Response:
    """The OpenAPI document."""
    return web.Response(body=snapshot(), content_type="application/json")


@cache
def snapshot() -> bytes:
    """The document as it lies beside the code, where a change of the wire shows in a diff."""
    return files("cloud_api").joinpath(SNAPSHOT).read_bytes()
