"""The units say what systemd understands, and let the service do little beyond its work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

STAGE = Path(__file__).parents[2] / "image" / "stage-zaehlwerk"
UNITS = sorted([*STAGE.glob("*/files/*.service"), *STAGE.glob("*/files/*.timer")])
SERVICES = [STAGE / "02-service/files" / name for name in ("edge-app.service", "edge-app-tunnel.service")]
UPDATE = STAGE / "02-service/files/zaehlwerk-update.service"
MOST, MOST_AS_ROOT = 2.0, 2.5
"""Exposure, as systemd counts it from 0 to 10."""

pytestmark = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_understood(unit: Path, tmp_path: Path) -> None:
    there = tmp_path / "is-there"
    there.write_text("#!/bin/sh\n")
    there.chmod(0o755)
    for each in UNITS:
        text = re.sub(
            r"^(Exec\w+=[-+]*)/(opt|usr/lib)/zaehlwerk\S+", rf"\g<1>{there}", each.read_text(), flags=re.MULTILINE
        )
        (tmp_path / each.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )
    assert (done.returncode, done.stderr) == (0, "")


def exposure(unit: Path) -> float:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", str(unit)], capture_output=True, text=True, check=False
    )
    found = re.search(r"Overall exposure level[^:]*: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_little_beyond_its_work(unit: Path) -> None:
    assert exposure(unit) <= MOST


def test_the_updater_may_do_little_beyond_its_work() -> None:
    """It is root, for what runs as the service must not be able to write its own program."""
    assert exposure(UPDATE) <= MOST_AS_ROOT
