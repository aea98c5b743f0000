"""A page as it is answered: a template, in the reader's language, within the layout that all share."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

import jinja2
from aiohttp import web

from edge_app.web.frame.reader import Reader
from edge_app.web.frame.words import LANGUAGES, PACKAGE
from edge_app.web.keys import CODES, READER, SESSION, TEMPLATES


def make_templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(PACKAGE, "edge"), jinja2.PackageLoader(PACKAGE, "shared")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    environment.globals["has_asset"] = has_asset
    return environment


def page(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """Answer with a template.

    It has the values that are given, and from here: `say`, `reader`, `path`, `roles`, `form_token` and `coded`.
    """
    reader: Reader = request[READER]
    session = request.get(SESSION)
    text = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(
            reader=reader,
            say=reader.say,
            language=reader.language,
            languages=LANGUAGES,
            path=request.path,
            here=request.path_qs,
            roles=session.roles if session else frozenset(),
            form_token=session.form_token if session else "",
            coded=bool(request.app[CODES]),
            **values,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status)


@cache
def asset(name: str) -> str:
    """The address of a static file, another one whenever its content is another."""
    return f"/static/{name}?{sha256((files(PACKAGE) / 'static' / name).read_bytes()).hexdigest()[:12]}"


@cache
def has_asset(name: str) -> bool:
    """Whether a file is there that is made when the project is set up: without npm there are no charts."""
    return (files(PACKAGE) / "static" / name).is_file()
