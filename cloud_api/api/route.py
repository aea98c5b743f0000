"""A route: what is done at a path, who may do it, and which messages go in and out."""

from dataclasses import dataclass

from aiohttp import web

from cloud_api.access.caller import Standing
from cloud_api.access.limits import Kind
from cloud_api.access.shared_secrets import Group
from cloud_api.api.body import JSON_TYPE
from cloud_api.api.door import Handler, device_only, group_only
from cloud_api.errors import Problem
from cloud_api.pki.scopes import Scope
from cloud_api.wire import Message

UUID_SEGMENT = "{uuid:[0-9A-Fa-f-]{36}}"
"""Of a path; what cannot be one leaves `check` and the like to the routes that are called so."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the map, enough to serve it and to document it; what it does is told by the handler's docstring."""

    method: str
    path: str
    handler: Handler
    needs: Scope | Standing | Group | None = None
    takes: type[Message] | None = None
    takes_nothing_too: bool = False
    takes_as: tuple[str, ...] = (JSON_TYPE,)
    query: type[Message] | None = None
    gives: type[Message] | None = None
    """The message of the answer; None for a document that is none of ours."""
    status: int = 200
    refuses: tuple[type[Problem], ...] = ()
    """Problems beyond those that follow from `needs`, `takes` and `query`."""

    limit: Kind | None = None
    """How often a device may do it, by the limit that it counts for."""
    sign_of_life: bool = True
    """Whether a device that does it has its service running."""

    def definition(self) -> web.RouteDef:
        """The route as the server takes it, behind its door."""
        handler = self.handler
        if isinstance(self.needs, Scope | Standing):
            handler = device_only(self.needs, handler, self.limit, sign_of_life=self.sign_of_life)
        elif isinstance(self.needs, Group):
            handler = group_only(self.needs, handler)
        return web.route(self.method, self.path.replace("{uuid}", UUID_SEGMENT), handler)
