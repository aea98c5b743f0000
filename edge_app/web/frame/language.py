"""The switch between the languages."""

from aiohttp import web

from edge_app.web.access.entrance import local
from edge_app.web.frame.reader import LANGUAGE_COOKIE
from edge_app.web.frame.words import LANGUAGES

A_YEAR = 365 * 86_400


async def switch(request: web.Request) -> web.Response:
    form = await request.post()
    answer = web.HTTPSeeOther(local(str(form.get("back", ""))))
    if (wish := str(form.get("to", ""))) in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, wish, max_age=A_YEAR, httponly=True, samesite="Strict")
    raise answer
