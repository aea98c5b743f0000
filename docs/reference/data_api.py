"""The Data API, made of its OpenAPI document."""

from collections.abc import Iterable, Mapping
from typing import Any

from reference.tables import table

PROBLEM = "[ProblemDocument](#problemdocument)"
LONGEST_PATTERN = 40
"""Characters of a pattern up to which it tells a reader more than it hides."""


def page(document: Mapping[str, Any]) -> list[str]:
    """Every endpoint, and the shapes that go in and out."""
    lines = ["# Data API", "", document["info"].get("description", document["info"]["title"]), "", "## Endpoints", ""]
    lines += table(
        ("Method and path", "Does", "Credential and scope", "Request", "Answers"),
        (
            (
                f"`{method.upper()} {path}`",
                operation.get("summary", ""),
                _security(operation),
                _request(operation, [*item.get("parameters", ()), *operation.get("parameters", ())]),
                _answers(operation["responses"]),
            )
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in {"get", "post", "put", "patch", "delete"}
        ),
    )
    lines += ["", "## Shapes"]
    for name, schema in document["components"]["schemas"].items():
        lines += ["", f"### {name}", "", schema.get("description", ""), ""]
        if "properties" in schema:
            required = schema.get("required", ())
            lines += table(
                ("Field", "Is", "Required", "Meaning"),
                (
                    (f"`{field}`", _shape(shape), "yes" if field in required else "no", shape.get("description", ""))
                    for field, shape in schema["properties"].items()
                ),
            )
        else:
            lines.append(_shape(schema))
    return lines


def _security(operation: Mapping[str, Any]) -> str:
    wanted = [
        f"{name}: {', '.join(f'`{scope}`' for scope in scopes)}"
        for requirement in operation["security"]
        for name, scopes in requirement.items()
    ]
    return "<br>".join(wanted) or "none"


def _request(operation: Mapping[str, Any], parameters: Iterable[Mapping[str, Any]]) -> str:
    query = [f"`{parameter['name']}`" for parameter in parameters if parameter["in"] == "query"]
    parts = [_content(operation.get("requestBody", {})), f"query: {', '.join(query)}" if query else ""]
    return "<br>".join(filter(None, parts))


def _answers(answers: Mapping[str, Mapping[str, Any]]) -> str:
    """Each answer with its shape; the refusals, which have the same one, together."""
    refusals = [status for status, answer in answers.items() if "application/problem+json" in answer.get("content", {})]
    given = [f"{status} {_content(answer)}" for status, answer in answers.items() if status not in refusals]
    return "<br>".join([*given, f"{', '.join(refusals)} {PROBLEM}"])


def _content(body: Mapping[str, Any]) -> str:
    shapes = [_shape(media["schema"]) for media in body.get("content", {}).values() if "schema" in media]
    return ", ".join(dict.fromkeys(shapes))


def _shape(schema: Mapping[str, Any]) -> str:
    """A JSON schema in words."""
    if "$ref" in schema:
        return f"[{_name(schema)}](#{_name(schema).lower()})"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_shape(each) for each in schema[several])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_shape(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {_shape(schema['additionalProperties'])}"
    bounds = [f"{word} {schema[name]}" for name, word in _JSON_BOUNDS.items() if name in schema]
    pattern = schema.get("pattern", "")
    bounds += [f"like `{pattern}`"] if 0 < len(pattern) <= LONGEST_PATTERN else []
    return " ".join([schema.get("format", kind), *bounds])


_JSON_BOUNDS = {
    "exclusiveMinimum": "above",
    "minimum": "from",
    "exclusiveMaximum": "below",
    "maximum": "to",
}


def _name(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"].rpartition("/")[2])
