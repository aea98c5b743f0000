"""Making a page: a template, in the reader's language, with what every page of a frontend shows."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from aiohttp import web

from cloud_api.pages.keys import FRONTEND, SESSION, WORDS
from cloud_api.pages.words import LANGUAGES, of

TEMPLATES = "zaehlwerk_templates"
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page of the frontend of this request."""
    words = request[WORDS]
    session = request.get(SESSION)
    text = (
        _environment(words.language)
        .get_template(template)
        .render(
            words=words,
            languages=LANGUAGES,
            frontend=request.app[FRONTEND],
            session=session,
            csrf=session.csrf if session else "",
            here=request.path_qs,
            **values,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status)


async def static(request: web.Request) -> web.Response:
    """A file that pages are made of."""
    name = request.match_info["name"]
    kind = KINDS.get(name.rpartition(".")[2])
    file = files(TEMPLATES).joinpath("static", name)
    if kind is None or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8" if kind.startswith("text") else None)


@cache
def _environment(language: str) -> jinja2.Environment:
    words = of(language)
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(TEMPLATES, folder) for folder in ("cloud", "shared")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        words.translations.ugettext, words.translations.ungettext, newstyle=True
    )
    environment.filters |= {
        "number": words.number,
        "percent": words.percent,
        "moment": words.moment,
        "day": words.day,
        "say": words.say,
    }
    return environment
