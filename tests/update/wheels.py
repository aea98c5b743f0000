"""Wheels made by hand: small ones that stand for an application, and one that leads to what is installed here."""

import base64
import hashlib
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

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
    lines = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in content.items()]
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


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
