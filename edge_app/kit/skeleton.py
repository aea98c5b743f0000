"""The skeleton of a plugin: a package that can be installed and passes the suite, for its author to go on from."""

import json
import random
import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from pathlib import Path

import jinja2

from edge_app.errors import ConfigError
from edge_app.kit.draft import made_up
from edge_app.kit.drawing import drawn
from edge_app.kit.sample import blank
from edge_app.kit.scrub import scrub
from edge_app.kit.subject import FOLDER
from edge_app.metering import profile
from edge_app.metering.plugins.catalogue import MODEL_NUMBER
from edge_app.metering.probe.recording import Recording

VENDOR = re.compile(r"[^\W\d_](?:[\w .&+/-]{0,38}\w)?")
TEMPLATES = "zaehlwerk_templates"


def write(model: str, *, vendor: str, out: Path, recording: Recording | None) -> Iterator[Path]:
    """Write the files of a plugin, and give their paths. Raises ConfigError for a name that cannot be, or a folder."""
    if not MODEL_NUMBER.fullmatch(model):
        raise ConfigError(f"{model!r} is no model number (expected capitals, digits and hyphens, such as SB-1)")
    if not VENDOR.fullmatch(vendor):
        raise ConfigError(f"--vendor: {vendor!r} is no name (expected letters, digits, spaces and . & + / -)")
    stem = _stem(model)
    package = f"zaehlwerk_{stem}"
    folder = out / package.replace("_", "-")
    if folder.exists():
        raise ConfigError(f"--out: {folder} is there already")
    scrubbed = recording and scrub(recording, random.SystemRandom()).recording
    draft = drawn(scrubbed) if scrubbed else made_up()
    words = {
        "model": model,
        "vendor": vendor,
        "stem": stem,
        "package": package,
        "class_name": "".join(word[:1].upper() + word[1:] for word in re.findall(r"[^\W_]+", f"{vendor} {model}")),
        "draft": draft,
    }
    inner = folder / package
    (inner / FOLDER).mkdir(parents=True)
    (folder / "tests").mkdir()
    yield _written(folder / "README.md", "README.md", words)
    yield _written(folder / "pyproject.toml", "pyproject.toml", words)
    yield _written(folder / "tests" / f"test_{stem}.py", "test_plugin.py", words)
    yield _written(inner / "__init__.py", "package.py", words)
    yield _written(inner / f"{stem}.py", "plugin.py", words)
    yield _with_lengths(inner / f"{stem}.toml", words)
    yield _written(inner / FOLDER / "README.md", "captures.md", words)
    if scrubbed:
        captured = inner / FOLDER / f"{stem}-1.jsonl"
        captured.write_text(scrubbed.text(), encoding="utf-8")
        yield captured
        yield _written(captured.with_suffix(".toml"), "capture.toml", words)


def _stem(model: str) -> str:
    """The name of a module for a model number."""
    stem = model.lower().replace("-", "_").strip("_")
    return f"m{stem}" if not stem.isidentifier() or iskeyword(stem) else stem


def _with_lengths(file: Path, words: Mapping[str, object]) -> Path:
    """Write a profile whose lengths are those of the telegrams that it describes."""
    _written(file, "profile.toml", {**words, "lengths": {"unlocked": 1, "locked": 1}})
    variant = profile.load(file).variant()
    states = {"unlocked": variant.unlocked, "locked": variant.locked}
    lengths = {name: len(blank(variant, state)) for name, state in states.items() if state}
    return _written(file, "profile.toml", {**words, "lengths": lengths})


def _written(file: Path, template: str, words: Mapping[str, object]) -> Path:
    file.write_text(_environment().get_template(f"{template}.jinja").render(words), encoding="utf-8")
    return file


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(TEMPLATES, "plugin"),
        autoescape=False,  # noqa: S701  # what is written is Python, TOML and Markdown, and no page
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["inline"] = inline
    environment.filters["toml"] = toml
    return environment


def toml(value: object) -> str:
    """A value as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def inline(fields: Mapping[str, object]) -> str:
    """Fields as an inline table."""
    return f"{{ {', '.join(f'{_key(key)} = {toml(value)}' for key, value in fields.items())} }}"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w-]+", key) else toml(key)
