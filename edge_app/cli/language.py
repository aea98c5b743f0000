"""In which language a command speaks to whoever called it."""

import os

from edge_app.web.frame.reader import Reader
from edge_app.web.frame.words import LANGUAGES


def reader(wish: str | None) -> Reader:
    """By what was asked for, else by LANG, else English, as the other commands speak."""
    spoken = wish or os.environ.get("LANG", "")[:2]
    return Reader(spoken if spoken in LANGUAGES else "en")
