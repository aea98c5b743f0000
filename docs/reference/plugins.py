"""What a plugin takes part by, made of the docstrings of the hooks and of the class that it derives."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from edge_app.metering import Meter, hookspecs
from reference.tables import table


def page() -> list[str]:
    """Every hook of a plugin, and what a meter model says of itself."""
    lines = ["# Plugin hooks", "", inspect.getdoc(hookspecs) or ""]
    for name, hook in _hooks():
        lines += ["", f"## {name}", "", "```python", f"def {name}{_signature(hook)}: ...", "```", ""]
        lines.append(inspect.getdoc(hook) or "")
    lines += ["", "## What a meter says of itself", "", inspect.getdoc(Meter) or "", ""]
    lines += table(("Field or method", "Is", "Meaning"), _members(Meter))
    return lines


def _hooks() -> list[tuple[str, Any]]:
    marked = f"{hookspecs.NAMESPACE}_spec"
    return [(name, hook) for name, hook in inspect.getmembers(hookspecs) if hasattr(hook, marked)]


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("edge_app.metering.meter.", "")


def _members(kind: type) -> Iterator[tuple[str, str, str]]:
    """The public fields and methods of a class, each with the text that stands at it."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101  # the source of a class is a class
    for member, following in zip(definition.body, [*definition.body[1:], ast.Pass()], strict=True):
        if isinstance(member, ast.AnnAssign):
            yield f"`{ast.unparse(member.target)}`", f"`{_plain(member)}`", _text(following)
        elif isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"`{member.name}({ast.unparse(member.args)})`", "method", ast.get_docstring(member) or ""


def _text(statement: ast.stmt) -> str:
    """What a statement says that is nothing but a text; nothing of any other."""
    said = statement.value if isinstance(statement, ast.Expr) else None
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""


def _plain(member: ast.AnnAssign) -> str:
    return ast.unparse(member.annotation).removeprefix("ClassVar[").removesuffix("]")
