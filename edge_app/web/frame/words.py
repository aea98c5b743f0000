"""What the pages say: one catalogue a language, made of the files in `words/` of the templates."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.pofile import read_po

PACKAGE = "zaehlwerk_templates"
LANGUAGES = ("de", "en")
"""The first is spoken to whoever names neither."""

Forms = tuple[str, ...]
"""A message, or its forms for one and for many."""


@cache
def catalogue(language: str) -> Mapping[str, Forms]:
    """All messages of a language by their name. Two files may not have the same."""
    messages: dict[str, Forms] = {}
    folder = files(PACKAGE) / "words" / language
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        for message in read_po(BytesIO(file.read_bytes()), locale=language):
            if not message.id:
                continue
            name = message.id if isinstance(message.id, str) else message.id[0]
            if name in messages:
                raise ValueError(f"{file.name}: {name} has been said already")
            said = message.string
            messages[name] = (said,) if isinstance(said, str) else tuple(said or ())
    return messages
