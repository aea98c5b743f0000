"""Texts as TOML writes them."""

import json


def string(text: str) -> str:
    """A basic string of TOML. JSON's escapes are among TOML's; beyond them TOML wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
