"""The code once more: a step that cannot be undone asks for it, for a tablet may lie open on the table."""

from collections.abc import Mapping

from aiohttp import web

from edge_app.web.access.codes import Role
from edge_app.web.keys import ATTEMPTS, CODES


async def said_again(request: web.Request, form: Mapping[str, object]) -> bool:
    """Whether a form carries the participant's code; where no codes are set none is asked for."""
    codes, attempts, address = request.app[CODES], request.app[ATTEMPTS], request.remote or ""
    if not codes:
        return True
    if attempts.wait(address):
        return False
    attempts.failed(address)
    if await codes.role_of(str(form.get("code", ""))[:64]) is not Role.PARTICIPANT:
        return False
    attempts.entered(address)
    return True
