"""The settings of a device and of the cloud, made of the structs that read them."""

import inspect
import json
from collections.abc import Iterable

import msgspec
from msgspec import inspect as types

from cloud_api.monitoring import settings as monitoring_settings
from edge_app.config import FILE
from meter_plugins.home_assistant.settings import Settings
from reference.tables import table


def page(root: type[msgspec.Struct]) -> list[str]:
    """Every table of `edge.toml`, with its settings."""
    lines = [
        "# Settings",
        "",
        f"All settings stand in one TOML file, `{FILE}`, in the configuration folder (`--config DIR`, else the "
        "environment variable `EDGE_APP_CONFIG`, else `/etc/zaehlwerk`). It is read once, at the start. Relative "
        "paths begin in that folder. A setting that is unknown or wrong is refused with its line.",
    ]
    for part in _struct(root).fields:
        kind = part.type.item_type if isinstance(part.type, types.VarTupleType) else part.type
        assert isinstance(kind, types.StructType | types.CustomType)  # noqa: S101  # settings are made of tables alone
        lines += _section(kind)
    return [*lines, "", "## [plugin.mqtt]", "", inspect.getdoc(Settings) or ""]


def monitoring(root: type[msgspec.Struct]) -> list[str]:
    """Every setting of `monitoring.toml`: those above all tables, and each table."""
    lines = [
        "# Settings of the cloud",
        "",
        "How the service runs is said by [the arguments of `cloud-api run`](commands.md). Who is told of troubles "
        f"stands in one TOML file, `{monitoring_settings.FILE}`, in the data folder; without it nobody is. It is read "
        "once, at the start. A setting that is unknown or wrong is refused with its place.",
        "",
        "## Above all tables",
        "",
    ]
    kinds = {field.name: _table_of(field.type) for field in _struct(root).fields}
    lines += _table([field for field in _struct(root).fields if kinds[field.name] is None])
    for kind in kinds.values():
        lines += _section(kind) if kind else []
    return lines


def _section(kind: types.StructType | types.CustomType) -> list[str]:
    heading, _, meaning = (inspect.getdoc(kind.cls) or "").partition("] ")
    settings = _table(kind.fields) if isinstance(kind, types.StructType) else []
    return ["", f"## {heading}]", "", meaning, "", *settings]


def _table(fields: Iterable[types.Field]) -> list[str]:
    return table(
        ("Setting", "Is", "Default", "Meaning"),
        ((f"`{field.name}`", _kind(field.type), _default(field), _description(field.type)) for field in fields),
    )


def _table_of(kind: types.Type) -> types.StructType | None:
    """The table that a setting is, where it is one that may be left out."""
    kinds = kind.types if isinstance(kind, types.UnionType) else ()
    return next((each for each in kinds if isinstance(each, types.StructType)), None)


def _struct(kind: type) -> types.StructType:
    struct = types.type_info(kind)
    assert isinstance(struct, types.StructType)  # noqa: S101  # settings are made of tables alone
    return struct


def _kind(kind: types.Type) -> str:
    """A type in words."""
    match kind:
        case types.Metadata():
            return _kind(kind.type)
        case types.UnionType():
            return " or ".join(_kind(each) for each in kind.types if not isinstance(each, types.NoneType))
        case types.LiteralType():
            return " or ".join(f"`{value}`" for value in kind.values)
        case types.VarTupleType():
            return f"list of {_kind(kind.item_type)}"
        case types.IntType():
            return f"whole number{_bounds(kind)}"
        case types.FloatType():
            return f"number{_bounds(kind)}"
        case types.BoolType():
            return "true or false"
        case types.StrType():
            return "text"
        case types.DictType():
            return f"table of {_kind(kind.value_type)}"
        case types.UUIDType():
            return "uuid"
        case types.CustomType():
            return {"URL": "address", "Path": "path"}[kind.cls.__name__]
        case _:
            raise TypeError(f"the reference has no word for {kind}")


def _bounds(kind: types.IntType | types.FloatType) -> str:
    words = {"gt": "above", "ge": "from", "lt": "below", "le": "to"}
    bounds = [f"{word} {value:g}" for name, word in words.items() if (value := getattr(kind, name)) is not None]
    return f", {' '.join(bounds)}" if bounds else ""


def _default(field: types.Field) -> str:
    if field.required:
        return "must be given"
    if field.default_factory is not msgspec.NODEFAULT:
        return f"`{json.dumps(field.default_factory())}`"
    if field.default is None:
        return "none"
    if isinstance(field.default, tuple):
        return f"`{json.dumps(field.default)}`"
    return f"`{field.default}`"


def _description(kind: types.Type) -> str:
    return (kind.extra_json_schema or {}).get("description", "") if isinstance(kind, types.Metadata) else ""
