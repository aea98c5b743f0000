"""The building of a slot: a virtual environment in its final place, out of checked wheels and without a network."""

import os
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

from edge_app.errors import UpdateError
from edge_app.fleet.update.documents import Wheel
from edge_app.fleet.update.files import put
from edge_app.fleet.update.slots import Slots

LONGEST = 1800.0
"""Seconds; a Raspberry Pi takes its time."""
COMMAND = Path("bin/edge-app")


def build(slots: Slots, version: str, wheels: Sequence[Wheel], folder: Path) -> None:
    """Build and seal a slot; an unfinished one of before is begun anew. Raises UpdateError, OSError."""
    if slots.is_sealed(version):
        return
    slots.remove(version)
    slot = slots.folder(version)
    venv.create(slot, symlinks=True, with_pip=False)
    listed = folder / "requirements.txt"
    put(listed, requirements(wheels).encode())
    pip = slots.home / "image" / "bin" / "python"
    words = [pip, "-I", "-m", "pip", "--python", slot / "bin" / "python", "--quiet", "--disable-pip-version-check"]
    words += ["install", "--no-index", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir"]
    words += ["--find-links", folder, "--requirement", listed]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PIP_CONFIG_FILE": os.devnull, "HOME": str(folder)}
    try:
        done = subprocess.run(  # noqa: S603  # every word is ours, or was checked as a name of a wheel
            [str(word) for word in words], env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UpdateError("the wheels could not be installed in time") from error
    if done.returncode:
        raise UpdateError(f"the wheels could not be installed: {last_word(done.stderr)}")
    if not (slot / COMMAND).exists():
        raise UpdateError("the wheels bring no edge-app")
    slots.seal(version)


def requirements(wheels: Sequence[Wheel]) -> str:
    """What pip is to install, each with the hashes that it may have."""
    hashes: dict[str, list[str]] = {}
    for wheel in wheels:
        hashes.setdefault(wheel.requirement, []).append(f"--hash=sha256:{wheel.sha256}")
    return "".join(f"{requirement} {' '.join(each)}\n" for requirement, each in hashes.items())


def last_word(text: str) -> str:
    """What a program said last, or what it called an error."""
    lines = text.strip().splitlines() or ["it says nothing"]
    return next((line for line in lines if line.startswith("ERROR:")), lines[-1]).removeprefix("ERROR: ")[:300]
