"""The codebook: every table and field in words, in German and in English, out of the schema."""

from typing import Literal

from cloud_api.dataset.fields import Field, Kind, Table
from cloud_api.dataset.release import Release
from cloud_api.dataset.schema import TABLES

Language = Literal["de", "en"]

TYPES: dict[Language, dict[Kind, str]] = {
    "en": {
        Kind.TEXT: "text",
        Kind.NUMBER: "number",
        Kind.COUNT: "whole number",
        Kind.EXACT: "exact number",
        Kind.MOMENT: "moment, UTC",
        Kind.DAY: "day",
        Kind.YES_NO: "yes or no",
    },
    "de": {
        Kind.TEXT: "Text",
        Kind.NUMBER: "Zahl",
        Kind.COUNT: "ganze Zahl",
        Kind.EXACT: "genaue Zahl",
        Kind.MOMENT: "Zeitpunkt, UTC",
        Kind.DAY: "Tag",
        Kind.YES_NO: "ja oder nein",
    },
}
WORDS: dict[Language, tuple[str, str]] = {
    "en": ("Codebook, release {name}", "| Field | Holds | Unit | Meaning |"),
    "de": ("Codebuch, Ausgabe {name}", "| Feld | Enthält | Einheit | Bedeutung |"),
}
KEY: dict[Language, str] = {"en": "Rows are told apart by", "de": "Zeilen unterscheiden sich durch"}
ONE_OF: dict[Language, str] = {"en": "One of", "de": "Eines von"}


def codebook(release: Release, language: Language) -> str:
    title, head = WORDS[language]
    lines = [f"# {title.format(name=release.name)}"]
    for table in TABLES:
        fields = table.visible(personal=release.personal)
        key = ", ".join(f"`{name}`" for name in table.key)
        lines += ["", f"## `{table.name}`", "", _said(table, language), f"{KEY[language]} {key}.", "", head]
        lines += ["| --- | --- | --- | --- |", *(_row(field, language) for field in fields)]
    return "\n".join([*lines, ""])


def _row(field: Field, language: Language) -> str:
    words = f" {ONE_OF[language]} {', '.join(f'`{word}`' for word in field.words)}." if field.words else ""
    kind = TYPES[language][field.kind]
    return f"| `{field.name}` | {kind} | {field.unit or ''} | {_said(field, language)}{words} |"


def _said(thing: Table | Field, language: Language) -> str:
    return thing.de if language == "de" else thing.en
