"""Plugins for the suite to judge: the skeleton of a new one, and what its author then does to it."""

from collections.abc import Mapping
from pathlib import Path

from edge_app.kit.choosing import at
from edge_app.kit.grade import CHECKS, Finding, find
from edge_app.kit.skeleton import write
from edge_app.kit.subject import Subject, subject
from edge_app.metering import Meter
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.recording import Recording

Edits = Mapping[str, str]
"""What is replaced, and by what."""


class Author:
    """Writes a plugin for the model NEW-1, and edits its files."""

    def __init__(self, folder: Path, recording: Recording | None = None) -> None:
        list(write("NEW-1", vendor="Somebody", out=folder, recording=recording))
        self.folder = folder / "zaehlwerk-new-1"
        self.package = self.folder / "zaehlwerk_new_1"
        self.plugin = self.package / "new_1.py"
        self.profile = self.package / "new_1.toml"

    def edit(self, file: Path, edits: Edits) -> None:
        text = file.read_text()
        for old, new in edits.items():
            assert old in text, f"{old!r} is not in {file.name}"
            text = text.replace(old, new)
        file.write_text(text)

    def record(self, recording: Recording, told: str, name: str = "new_1-evening") -> None:
        """Put a recording beside the plugin, with what is told of it."""
        (self.package / "captures" / f"{name}.jsonl").write_text(recording.text())
        (self.package / "captures" / f"{name}.toml").write_text(told)

    def meter(self) -> type[Meter]:
        (meter,) = at(self.folder)
        return meter

    def subject(self) -> Subject:
        return subject(self.meter(), list(load().models.values()))

    def wrongs(self, *names: str) -> dict[str, tuple[str, ...]]:
        """What some checks complain of, those that do."""
        judged = self.subject()
        found = [find(check, judged) for check in CHECKS if check.name in names]
        return {finding.name: finding.wrongs for finding in found if finding.wrongs}

    def finding(self, name: str) -> Finding:
        """What one check says."""
        (check,) = [check for check in CHECKS if check.name == name]
        return find(check, self.subject())
