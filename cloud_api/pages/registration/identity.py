"""Ids in the paths of pages."""

from uuid import UUID

from aiohttp import web


def uuid_in(request: web.Request, name: str) -> str:
    """The id in the path, in its one spelling. Raises HTTPNotFound where it is none."""
    try:
        return str(UUID(request.match_info[name]))
    except ValueError as error:
        raise web.HTTPNotFound from error
