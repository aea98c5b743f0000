"""The files of the project, as git knows them or is about to."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("edge_app", "meter_plugins", "cloud_api", "templates")


def files() -> list[Path]:
    """Every file of the project, relative to its root; what git ignores is none of it."""
    # A container may check out as one user and test as another, which git refuses unless told.
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = sorted({Path(name) for name in listed.stdout.decode().split("\0") if name})
    return [name for name in names if (ROOT / name).exists()]


def modules(*folders: str) -> list[Path]:
    """Every Python module below these folders."""
    return [file for file in files() if file.suffix == ".py" and file.parts[0] in folders]


def tool(name: str) -> Path:
    """A command beside the Python that runs the tests."""
    return Path(sys.executable).with_name(name)
