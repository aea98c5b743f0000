"""Where in a TOML file a setting stands, so that an error can name the line."""

import re

_TABLE = re.compile(r"\s*(\[{1,2})\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")


def line_of(text: str, place: str, sentence: str) -> str:
    """Turn a place such as `.meter[1].port` into ` line 12, [meter] port`; an unknown field's name is in the sentence.

    Where the setting stands nowhere, its table's heading counts, and where that is missing too, there is no line.
    """
    table, index, key = _parse(place)
    unknown = _UNKNOWN.search(sentence)
    if unknown:
        table, key = (table, unknown[1]) if table else (unknown[1], "")
    seen: dict[str, int] = {}
    heading = found = 0
    current = ("", 0)
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := _TABLE.match(line):
            name = opened[2]
            seen[name] = seen.get(name, -1) + 1
            current = (name, seen[name])
            if current == (table, index):
                heading = number
        elif (assigned := _KEY.match(line)) and assigned[1] == key and current == (table, index):
            found = number
    name = " ".join(part for part in (f"[{table}]" if table else "", key) if part)
    line_number = found or heading
    return (f" line {line_number}" if line_number else "") + (f", {name}" if name else "")


def _parse(place: str) -> tuple[str, int, str]:
    steps = _STEP.findall(place)
    names = [name for name, _ in steps if name]
    index = next((int(number) for _, number in steps if number), 0)
    return (names[0] if names else ""), index, (names[1] if len(names) > 1 else "")
