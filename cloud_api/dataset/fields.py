"""What a table of a data set is described with: its fields, what they hold, and for whose eyes they are."""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

PLACES = 9
"""Decimal places of energy and power: finer than any meter shows."""


class Kind(Enum):
    """What a field holds, and how Arrow calls it."""

    TEXT = pa.string()
    NUMBER = pa.float64()
    COUNT = pa.int32()
    EXACT = pa.decimal128(38, PLACES)
    MOMENT = pa.timestamp("us", "UTC")
    DAY = pa.date32()
    YES_NO = pa.bool_()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column: what it holds, in which unit, and whether only the personal view has it."""

    name: str
    kind: Kind
    en: str
    de: str
    unit: str | None = None
    words: tuple[str, ...] = ()
    """The words that it admits, where there are few."""
    personal: bool = False
    always: bool = False
    """Whether no row is without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, with the fields that tell its rows apart."""

    name: str
    en: str
    de: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    monthly: bool = False
    """Whether it lies in a file for each month."""

    def visible(self, *, personal: bool) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if personal or not field.personal)

    def arrow(self, *, personal: bool) -> pa.Schema:
        return pa.schema(
            [
                pa.field(field.name, field.kind.value, nullable=not field.always)
                for field in self.visible(personal=personal)
            ]
        )
