"""The words that a field of a message admits, found by its place in the message."""

from collections.abc import Iterator, Sequence

from msgspec import inspect

from cloud_api.wire.message import Message


def choices(kind: type[Message], steps: Sequence[str]) -> list[str]:
    """The words of the field to which these steps of a JSON pointer lead; none where it admits others too."""
    reached = [inspect.type_info(kind)]
    for step in steps:
        reached = [below for each in reached for below in _below(each, step)]
    return [str(word) for each in reached for word in _words(each)]


def _below(kind: inspect.Type, step: str) -> Iterator[inspect.Type]:
    match _bare(kind):
        case inspect.UnionType(types=types):
            for each in types:
                yield from _below(each, step)
        case inspect.StructType(fields=fields):
            yield from (field.type for field in fields if field.encode_name == step)
        case inspect.ListType(item_type=below) | inspect.DictType(value_type=below):
            yield below


def _words(kind: inspect.Type) -> Iterator[object]:
    match _bare(kind):
        case inspect.UnionType(types=types):
            for each in types:
                yield from _words(each)
        case inspect.LiteralType(values=values):
            yield from values


def _bare(kind: inspect.Type) -> inspect.Type:
    """The type without what is said about it."""
    return kind.type if isinstance(kind, inspect.Metadata) else kind
