"""/account: the contact person."""

from aiohttp import web

from cloud_api.api.body import answer
from cloud_api.errors import ConsentError
from cloud_api.keys import CALLER, DATABASE
from cloud_api.pki.scopes import Scope
from cloud_api.store import households


async def show(request: web.Request) -> web.Response:
    """The contact person."""
    async with request.app[DATABASE].read() as database:
        account = await households.account(database, request[CALLER].household)
    if account is None:  # since the door looked at the consent
        raise ConsentError(f"consent is revoked, which does not allow `{Scope.ACCOUNT}`")
    return answer(account)
