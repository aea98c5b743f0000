"""Each page in its own language: the words around it, and the link to the same page in the other one."""

from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

NAMES = {"en": "English", "de": "Deutsch"}


def on_page_context(context: Any, *, page: Page, config: MkDocsConfig, **_: object) -> Any:
    """Set the language of a page before it is put into its frame."""
    folder, _slash, rest = page.url.partition("/")
    spoken = folder in NAMES
    config.theme["language"] = folder if spoken else "en"
    config.extra["alternate"] = [
        {"name": name, "link": f"{language}/{rest if spoken else ''}", "lang": language}
        for language, name in NAMES.items()
    ]
    return context
