"""What a plugin takes part by, made of the docstrings of the hooks and of the class that it derives."""

import ast
import inspect
import re
from collections.abc import Iterator
from typing import Any

from edge_app.metering import Command, Device, Meter, Page, Table
from edge_app.metering.plugins import hookspecs
from reference.tables import table

KINDS = {
    "What a meter says of itself": Meter,
    "What a page says of itself": Page,
    "What a command says of itself": Command,
    "What a plugin knows of the device": Device,
    "How a plugin reads its settings": Table,
}


def page() -> list[str]:
    """Every hook of a plugin, and what it gives and is given there."""
    lines = ["# Plugin hooks", "", inspect.getdoc(hookspecs) or ""]
    for name, hook in _hooks():
        lines += ["", f"## {name}", "", "```python", f"def {name}{_signature(hook)}: ...", "```", ""]
        lines.append(inspect.getdoc(hook) or "")
    for heading, kind in KINDS.items():
        lines += ["", f"## {heading}", "", inspect.getdoc(kind) or "", ""]
        lines += table(("Field or method", "Is", "Meaning"), _members(kind))
    return lines


def _hooks() -> list[tuple[str, Any]]:
    """The hooks in the order in which the module has them."""
    marked = f"{hookspecs.NAMESPACE}_spec"
    return [(name, hook) for name, hook in vars(hookspecs).items() if hasattr(hook, marked)]


def _signature(function: Any) -> str:
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(inspect.signature(function)))


def _members(kind: type) -> Iterator[tuple[str, str, str]]:
    """The public fields and methods of a class, each with the text that stands at it."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  # the source of a class is a class
    for member, following in zip(definition.body, [*definition.body[1:], ast.Pass()], strict=True):
        if isinstance(member, ast.AnnAssign):
            yield f"`{ast.unparse(member.target)}`", f"`{_plain(member)}`", _text(following)
        elif isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and not member.name.startswith("_"):
            yield f"`{member.name}({ast.unparse(member.args)})`", "method", ast.get_docstring(member) or ""


def _text(statement: ast.stmt) -> str:
    """What a statement says that is nothing but a text; nothing of any other."""
    said = statement.value if isinstance(statement, ast.Expr) else None
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""


def _plain(member: ast.AnnAssign) -> str:
    annotation = ast.unparse(member.annotation).strip("'")
    return annotation[len("ClassVar[") : -1] if annotation.startswith("ClassVar[") else annotation
