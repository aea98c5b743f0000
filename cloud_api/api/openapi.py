"""The OpenAPI 3.1 document, written out of the routes and the types of their messages."""

from typing import Any

import msgspec

from cloud_api.access.caller import Standing
from cloud_api.access.shared_secrets import Group
from cloud_api.api.body import JSON_TYPE, PROBLEM_TYPE, TYPE_PREFIX
from cloud_api.api.examples import EXAMPLES
from cloud_api.api.route import Route
from cloud_api.api.routes import EVERY
from cloud_api.errors import (
    CredentialError,
    FieldsError,
    ForbiddenError,
    InternalError,
    MediaTypeError,
    NotJsonError,
    OftenError,
    Problem,
    SizeError,
    SlowError,
)
from cloud_api.pki.scopes import Scope
from cloud_api.wire import Message, ProblemDocument, json_exact

REFERENCE = "#/components/schemas/{name}"
NUMBER = {"type": "number"}
"""A value of a register; no other type of ours is unknown to JSON Schema."""
SECURITY = {
    "certificate": {
        "type": "mutualTLS",
        "description": "A device's certificate, on the device port. It carries the scopes that an operation names.",
    },
    "secret": {
        "type": "http",
        "scheme": "bearer",
        "description": "The shared secret of a group of people, on the pages port.",
    },
}


def document() -> str:
    """The document as it is published."""
    # the patterns of fields.py end in \\Z for Python; where JSON Schema is read, $ says the same
    return json_exact.pretty(_document()).replace(r"\\Z", "$")


def _document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route in EVERY:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zählwerk Data API",
            "version": "1",
            "description": "What households register, agree to and send. Times are UTC; values are exact decimals.",
            "license": {"name": "GPL-3.0-or-later", "identifier": "GPL-3.0-or-later"},
        },
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": SECURITY},
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "summary": (route.handler.__doc__ or "").rstrip("."),
        "security": _security(route),
        "responses": {
            str(route.status): _response(route.gives),
            **_problems(route),
        },
    }
    parameters = [*_path_parameters(route), *_query_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.takes:
        operation["requestBody"] = {
            "required": not route.takes_nothing_too,
            "content": _content(route.takes, *route.takes_as),
        }
    return operation


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.needs is None:
        return []
    if isinstance(route.needs, Standing):
        return [{"certificate": []}]
    return [{"certificate" if isinstance(route.needs, Scope) else "secret": [route.needs.value]}]


def _response(kind: type[Message] | None) -> dict[str, Any]:
    if kind is None:
        return {"description": "An OpenAPI document.", "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"description": (kind.__doc__ or "").partition("\n")[0], "content": _content(kind)}


def _content(kind: type[Message], *media_types: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}
    if kind in EXAMPLES:
        content["example"] = EXAMPLES[kind]
    return dict.fromkeys(media_types or (JSON_TYPE,), content)


def _problems(route: Route) -> dict[str, Any]:
    refused: list[type[Problem]] = [*route.refuses, InternalError]
    if route.needs:
        refused += [CredentialError, ForbiddenError]
    if route.takes:
        refused += [NotJsonError, SlowError, SizeError, MediaTypeError, FieldsError]
    if route.limit or isinstance(route.needs, Group):
        refused.append(OftenError)
    if route.query:
        refused.append(FieldsError)
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in sorted(set(refused), key=_order):
        by_status.setdefault(problem.status, []).append(problem)
    return {str(status): _problem(problems) for status, problems in by_status.items()}


def _order(problem: type[Problem]) -> tuple[int, str]:
    return problem.status, problem.code


def _problem(problems: list[type[Problem]]) -> dict[str, Any]:
    return {
        "description": " ".join((problem.__doc__ or "").partition("\n")[0] for problem in problems),
        "content": {
            PROBLEM_TYPE: {
                "schema": {"$ref": REFERENCE.format(name=ProblemDocument.__name__)},
                "examples": {
                    problem.code: {
                        "value": {
                            "type": TYPE_PREFIX + problem.code,
                            "title": problem.title,
                            "status": problem.status,
                            "detail": problem.title,
                        }
                    }
                    for problem in problems
                },
            }
        },
    }


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    if "{uuid}" not in route.path:
        return []
    return [{"name": "uuid", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if not route.query:
        return []
    schema = _components([route.query])[route.query.__name__]
    return [
        {"name": name, "in": "query", "required": False, "schema": field}
        for name, field in schema["properties"].items()
    ]


def _schemas() -> dict[str, Any]:
    kinds: set[type[Message]] = {ProblemDocument}
    for route in EVERY:
        kinds |= {kind for kind in (route.takes, route.gives) if kind}
    return _components(sorted(kinds, key=lambda kind: kind.__name__))


def _components(kinds: list[type[Message]]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components(kinds, schema_hook=lambda _value: NUMBER, ref_template=REFERENCE)
    return dict(sorted(components.items()))
