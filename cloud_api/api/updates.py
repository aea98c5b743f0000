"""/updates: the repository of releases, for every device whose certificate stands; what is in it vouches for itself."""

import re
from pathlib import Path

from aiohttp import web

from cloud_api.errors import MissingError
from cloud_api.keys import RELEASES

_METADATA = re.compile(r"(?:[0-9]{1,12}\.(?:root|targets|holds|snapshot)|timestamp)\.json")
_FOLDER = re.compile(r"wheels|releases|channels|holds")
_TARGET = re.compile(r"[0-9a-f]{64}\.[A-Za-z0-9_][A-Za-z0-9._+!-]{0,199}")


async def metadata(request: web.Request) -> web.StreamResponse:
    """A file of the metadata."""
    folder, name = request.app[RELEASES].metadata, request.match_info["name"]
    return _file(folder / name if _METADATA.fullmatch(name) else None)


async def target(request: web.Request) -> web.StreamResponse:
    """A wheel or a document, whole or in pieces."""
    folder, name = request.match_info["folder"], request.match_info["name"]
    known = _FOLDER.fullmatch(folder) and _TARGET.fullmatch(name)
    return _file(request.app[RELEASES].targets / folder / name if known else None)


def _file(file: Path | None) -> web.FileResponse:
    """Raises MissingError where there is none."""
    if file is None or not file.is_file():
        raise MissingError("there is no such file in the repository of releases")
    return web.FileResponse(file)
