"""The documents beside the data: each a function of the release and its numbers, and so the same each time."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from cloud_api.dataset import card, citation, codebook, package
from cloud_api.dataset.release import Release
from cloud_api.dataset.summary import Summary

CHECKSUMS = "SHA256SUMS"
BLOCK = 1024 * 1024


def write(folder: Path, release: Release, summary: Summary, *, form: str, attributions: Sequence[str]) -> None:
    """Write all of them, the checksums last."""
    data = sorted(_files(folder))
    texts = {
        "CITATION.cff": citation.citation(release),
        "codebook.de.md": codebook.codebook(release, "de"),
        "codebook.en.md": codebook.codebook(release, "en"),
        "datacard.de.md": card.card(release, summary, attributions, "de"),
        "datacard.en.md": card.card(release, summary, attributions, "en"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    described = [
        package.Described(path=path, size=(folder / path).stat().st_size, sha256=sha256(folder / path)) for path in data
    ]
    (folder / "datapackage.json").write_bytes(package.package(release, described, form=form, attributions=attributions))
    lines = [f"{sha256(folder / path)}  {path}\n" for path in sorted(_files(folder))]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def sha256(file: Path) -> str:
    """Of a file of any size."""
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def _files(folder: Path) -> Iterator[str]:
    return (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
