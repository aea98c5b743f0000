"""Wheels made by hand: small ones that stand for an application, and one that leads to what is installed here."""

import base64
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.house.sources import PACKAGES, ROOT, files

SITE = sysconfig.get_path("purelib")


def wheel(folder: Path, name: str, version: str, files: Mapping[str, str], *, command: str | None = None) -> Path:
    """Make a wheel of pure Python; `command` is the function that `edge-app` calls, as `module:function`."""
    info = f"{name}-{version}.dist-info"
    content = dict(files)
    content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    content[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if command:
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\nedge-app = {command}\n"
    record = f"{info}/RECORD"
    lines = [f"{path},sha256={_digest(text.encode())},{len(text.encode())}" for path, text in content.items()]
    content[record] = "\n".join([*lines, f"{record},,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in content.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return file


def links(folder: Path) -> Path:
    """A wheel that brings nothing and finds everything that is installed beside these tests."""
    return wheel(folder, "links", "1.0", {"links.pth": f"{SITE}\n"})


def application(folder: Path, version: str, body: str = "") -> Path:
    """A stand-in for the application, whose command runs `body` and ends with its status."""
    text = f"import sys\n\n\ndef main():\n    status = 0\n    {body or 'pass'}\n    return status\n"
    return wheel(folder, "zaehlwerk", version, {"stand_in.py": text}, command="stand_in:main")


def of_this_project(folder: Path) -> Path:
    """The wheel of what lies here, built from a copy without a network."""
    for file in files():
        if file.parts[0] in {*PACKAGES, "setup.cfg", "pyproject.toml", "README.md", "LICENSE"}:
            (folder / "source" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / "source" / file)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir"]
    subprocess.run([*pip, "--quiet", "--wheel-dir", folder, folder / "source"], check=True, cwd=folder)
    (made,) = folder.glob("zaehlwerk-*.whl")
    return made


def renumbered(original: Path, folder: Path, version: str, *, more: Mapping[str, str] | None = None) -> Path:
    """The same wheel as another version, with something written below some of its modules."""
    before = original.name.split("-")[1]
    content = {}
    with zipfile.ZipFile(original) as archive:
        for name in archive.namelist():
            body = archive.read(name)
            if name.endswith("/METADATA"):
                body = body.replace(f"\nVersion: {before}\n".encode(), f"\nVersion: {version}\n".encode(), 1)
            content[name.replace(f"-{before}.dist-info/", f"-{version}.dist-info/")] = body
    for name, text in (more or {}).items():
        content[name] += text.encode()
    record = f"zaehlwerk-{version}.dist-info/RECORD"
    content.pop(record)
    lines = [f"{name},sha256={_digest(body)},{len(body)}" for name, body in content.items()]
    content[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"zaehlwerk-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in content.items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return file


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
