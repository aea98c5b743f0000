"""/docs: the OpenAPI document as a page for people, with nothing on it that comes from elsewhere."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import msgspec
from aiohttp import web
from markupsafe import Markup

from cloud_api.api.document import snapshot
from cloud_api.errors import MissingError

TEMPLATES = "zaehlwerk_templates"
STYLES = "style.css"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
METHODS = ("get", "post", "put", "patch", "delete")
DOORS = {"certificate": "device certificate", "secret": "shared secret"}


async def show(_request: web.Request) -> web.Response:
    """The Data API, to read."""
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    return web.Response(text=page(), content_type="text/html", headers=headers)


async def static(request: web.Request) -> web.Response:
    """What the page looks like."""
    if request.match_info["name"] != STYLES:
        raise MissingError("there is nothing at this path")
    return web.Response(body=files(TEMPLATES).joinpath("static", STYLES).read_bytes(), content_type="text/css")


@cache
def page() -> str:
    document: dict[str, Any] = msgspec.json.decode(snapshot())
    loaders = [jinja2.PackageLoader(TEMPLATES, folder) for folder in ("cloud", "shared")]
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders), autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"shape": shape, "pretty": pretty}
    return environment.get_template("reference.html").render(
        language="en",
        info=document["info"],
        operations=[
            {
                "method": method.upper(),
                "path": path,
                "who": _who(operation),
                "parameters": operation.get("parameters", []),
                "takes": _bodies(operation.get("requestBody", {})),
                "answers": [(status, each, _bodies(each)) for status, each in operation["responses"].items()],
                "summary": operation["summary"],
                "name": operation["operationId"],
            }
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if method in METHODS
        ],
        shapes=document["components"]["schemas"],
    )


def shape(schema: dict[str, Any]) -> Markup:
    """A schema in words, with links to the shapes it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(" or ").join(shape(each) for each in schema["anyOf"])
    if "enum" in schema:
        return Markup(" or ").join(Markup("<code>{}</code>").format(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return Markup("list of ") + shape(schema["items"])
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return Markup("object of ") + shape(schema["additionalProperties"])
    return Markup("{}").format(schema.get("format", kind))


def pretty(example: object) -> str:
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()


def _who(operation: dict[str, Any]) -> str:
    wanted = [f"{DOORS[door]}: {', '.join(rights)}" for each in operation["security"] for door, rights in each.items()]
    return "; ".join(wanted) or "anybody"


def _bodies(content: dict[str, Any]) -> list[tuple[str, dict[str, Any], Any]]:
    """Media type, shape and example of each form that a body may have."""
    return [
        (media, body["schema"], body.get("example"))
        for media, body in content.get("content", {}).items()
        if "schema" in body
    ]
