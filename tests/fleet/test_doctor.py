"""The doctor looks at everything beside the running service, and says the next step where something is wrong."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from edge_app import config
from edge_app.cli import main
from edge_app.clock import Synchrony
from edge_app.config import Config
from edge_app.fleet.doctor import books, machine, others
from edge_app.fleet.doctor.finding import Finding, Verdict
from edge_app.fleet.update.journal import Journal, Report
from edge_app.metering.plugins.catalogue import Catalogue, load
from edge_app.model.consent import ConsentState
from edge_app.model.incident import Cause, Incident
from edge_app.model.undated import Undated
from edge_app.store import Store, consents, contacts, incidents, measurements, undated
from edge_app.store.vault import Vault
from edge_app.testing import HandClock
from edge_app.web.frame.words import LANGUAGES, catalogue
from tests.house.sources import ROOT
from tests.store.values import GRANTED, REVOKED, measurement
from tests.sync.authority import DAY, Authority

DEVICE = UUID("0a5e8c6e-1111-4222-8333-444455556666")
METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
SETTINGS = f"""
[cloud]
url = "https://localhost:1"
timeout = 5

[pages]
host = "127.0.0.1"
port = 1

[[meter]]
uuid = "{METER}"
model = "MT681"
"""


def command(*words: str) -> tuple[int, list[dict[str, Any]]]:
    """What a command says with --json, and its status."""
    done = subprocess.run(
        [sys.executable, "-c", "from edge_app.cli import main; raise SystemExit(main())", *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def whats(found: list[Finding]) -> dict[str, str]:
    return {each.check: each.what for each in found}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A configuration folder of a device that was never started."""
    authority = Authority.make("devices")
    authority.device(tmp_path, DEVICE, until=60 * DAY)
    authority.write(tmp_path / "ca.pem")
    (tmp_path / "device.key").chmod(0o600)
    (tmp_path / "edge.toml").write_text(SETTINGS)
    return tmp_path


def test_a_device_that_was_never_started_is_told_what_to_do(home: Path) -> None:
    status, found = command("--config", str(home), "doctor", "--language", "de")
    by_check = {each["check"]: each for each in found}
    assert status == 1
    assert by_check["database"]["next"] == "Den Dienst starten: `systemctl start edge-app`."
    assert (by_check["cloud"]["verdict"], by_check["pages"]["verdict"]) == ("fail", "fail")
    assert by_check["certificate"]["verdict"] == "ok"
    assert command("--config", str(home), "doctor")[1][0]["said"] == "The settings can be read."


def test_settings_that_cannot_be_read_are_the_only_finding(home: Path) -> None:
    (home / "edge.toml").write_text(SETTINGS + "silly = 1\n")
    status, (found,) = command("--config", str(home), "doctor")
    assert status == 1
    assert "edge.toml line" in found["said"]
    assert found["next"]


def test_for_people_each_finding_is_a_line_with_its_next_step(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(home), "doctor", "--language", "en"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "warn database                 There is none yet. Start the service: `systemctl start edge-app`." in lines
    assert all(line.startswith(("ok   ", "warn ", "fail ")) for line in lines)


NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


def trouble(cause: Cause) -> Incident:
    return Incident(meter=METER, cause=cause, detail="", began=NOW)


def test_what_is_secret_and_open_to_others_is_found(home: Path) -> None:
    settings = config.load(home)
    assert whats(list(machine.files(settings))) == {"files": "private"}
    (home / "device.key").chmod(0o640)
    Vault.beside(settings.store.database)
    (home / "edge.db.key").chmod(0o604)
    (home / "ca.pem").unlink()
    found = list(machine.files(settings))
    assert [(each.subject, each.what) for each in found] == [
        ("device.key", "open"),
        ("ca.pem", "missing"),
        ("edge.db.key", "open"),
    ]


@pytest.mark.parametrize(
    ("later", "what"), [(0, "preloaded"), (50, "short"), (61, "over")], ids=["fresh", "ten days left", "over"]
)
def test_how_long_a_certificate_stands(home: Path, later: int, what: str) -> None:
    clock = HandClock(datetime.now(UTC) + timedelta(days=later))
    assert machine.certificate(config.load(home), clock).what == what


def test_a_key_without_its_certificate_is_of_no_use(home: Path) -> None:
    (home / "device.pem").write_text("nothing")
    assert machine.certificate(config.load(home), HandClock()).what == "unfit"


def test_the_clock_is_known_unknown_apart_or_past() -> None:
    now = HandClock(datetime.now(UTC))
    assert machine.clock(Synchrony(kernel=lambda: True), now).what == "known"
    assert machine.clock(Synchrony(kernel=lambda: False), now).what == "unknown"
    apart = Synchrony(kernel=lambda: True)
    apart.compare(now.now(), now.now() + timedelta(minutes=2))
    assert machine.clock(apart, now).what == "apart"
    assert machine.clock(apart, HandClock(datetime(1970, 1, 1, tzinfo=UTC))).what == "past"


@pytest.mark.parametrize(("option", "what"), [("size=3m", "full"), ("size=30m", "little"), ("ro,size=80m", "readonly")])
def test_a_disk_that_is_full_or_read_only_is_found(home: Path, option: str, what: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root alone")
    disk = home / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", option, "none", disk], check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        (home / "edge.toml").write_text(SETTINGS + f'\n[store]\ndatabase = "{disk}/new/edge.db"\n')
        assert machine.disk(config.load(home)).what == what
    finally:
        subprocess.run(["umount", disk], check=True)
    assert machine.disk(config.load(home)).what in ("room", "little")


async def examined(home: Path, *steps: Any, at: datetime = NOW) -> list[Finding]:
    """What the books say after some steps."""
    async with Store.open(home / "edge.db", ballast=4096) as store:
        for function, *words in steps:
            await store.run(function, *words)
        return books.books(config.load(home), HandClock(at))


async def test_a_meter_is_heard_unheard_waited_for_or_in_trouble(home: Path) -> None:
    first = await examined(home)
    assert (whats(first)["consent"], whats(first)["meter"], whats(first)["port"]) == (
        "not_granted",
        "waits",
        "unassigned",
    )
    assert whats(await examined(home, (consents.remember, GRANTED)))["meter"] == "unheard"
    heard = await examined(home, (measurements.keep, measurement(0, meter=METER)))
    assert whats(heard)["meter"] == "heard"
    assert whats(await examined(home, at=NOW + timedelta(hours=1)))["meter"] == "unheard"
    locked = await examined(home, (incidents.begin, trouble(Cause.LOCKED)))
    assert [(each.what, each.verdict, each.next) for each in locked if each.check == "meter"] == [
        ("trouble.locked", Verdict.WARN, "next.locked")
    ]
    silent = await examined(home, (incidents.begin, trouble(Cause.SILENT)))
    assert [(each.message, each.verdict) for each in silent if each.check == "meter"] == [
        ("trouble.silent", Verdict.FAIL)
    ]


async def test_what_waits_for_the_cloud_was_refused_or_has_no_time(home: Path) -> None:
    found = await examined(
        home,
        (consents.remember, GRANTED),
        (measurements.keep, measurement(0, meter=METER)),
        (contacts.failed, "the cloud did not answer in time", NOW),
        (measurements.set_aside, [1], "strange", NOW),
        (undated.keep, Undated(meter=METER, boot="b", slot=0, tick=1.0, data={})),
    )
    assert [each.what for each in found if each.check == "sending"] == ["refused", "held_up", "undated"]
    revoked = await examined(home, (consents.remember, REVOKED))
    assert whats(revoked)["consent"] == ConsentState.REVOKED


async def test_a_damaged_database_and_one_that_was_moved_aside_are_found(home: Path) -> None:
    (home / "edge.db.20261124T100000.000000Z").write_bytes(b"damaged")
    assert whats(await examined(home))["database"] == "aside"
    (home / "edge.db").write_bytes(b"no database" * 500)
    assert whats(books.books(config.load(home), HandClock()))["database"] == "unreadable"


def with_port(home: Path, port: str) -> Config:
    (home / "edge.toml").write_text(SETTINGS + f'port = "{port}"\n')
    return config.load(home)


@pytest.mark.parametrize(
    ("port", "what"), [("/dev/null", "there"), ("/dev/serial/nowhere", "absent"), ("socket://meter:2001", "address")]
)
async def test_a_port_is_there_or_not_and_is_never_opened(home: Path, port: str, what: str) -> None:
    with_port(home, port)
    assert whats(await examined(home))["port"] == what


def test_plugins_that_cannot_be_used_are_named(home: Path) -> None:
    assert whats(list(books.plugins(load(), config.load(home)))) == {"plugins": "loaded"}
    broken = Catalogue(failed={"other.py": "ImportError: nothing"})
    found = list(books.plugins(broken, config.load(home)))
    assert [(each.subject, each.what) for each in found] == [("other.py", "unfit"), ("MT681", "missing")]


async def test_systemd_is_asked_where_it_runs_the_services(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load(home)
    monkeypatch.setattr(others, "SYSTEMD", tmp_path / "none")
    assert [each async for each in others.units(settings)] == []
    said = tmp_path / "said"
    program = tmp_path / "systemctl"
    program.write_text(f"#!/bin/sh\ncat {said}\n")
    program.chmod(0o755)
    monkeypatch.setattr(others, "SYSTEMD", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    for text, whats_found in {
        "LoadState=loaded\nActiveState=active\nNRestarts=0\n": [("service", "runs"), ("tunnel", "runs")],
        "LoadState=loaded\nActiveState=active\nNRestarts=7\n": [("service", "restarts"), ("tunnel", "runs")],
        "LoadState=loaded\nActiveState=failed\nNRestarts=0\n": [("service", "stopped"), ("tunnel", "stopped")],
        "LoadState=not-found\n": [],
    }.items():
        said.write_text(text)
        found = [each async for each in others.units(settings)]
        assert [(each.check, each.what) for each in found] == whats_found


def test_an_update_that_was_given_up_is_found(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "update")
    assert list(others.update(journal)) == []
    journal.make()
    journal.tell(Report(version="0.1.0", slot="kept", state="rolled-back", tried="0.2.0", reason="it read no meter"))
    (found,) = others.update(journal)
    assert (found.what, found.values["version"]) == ("given_up", "0.2.0")
    journal.tell(Report(version="0.2.0", slot="kept", state="kept"))
    (found,) = others.update(journal)
    assert found.what == "version"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_doctor_may_say_is_said_in_both_languages_with_a_next_step(language: str) -> None:
    said = catalogue(language)
    used = set()
    for file in (ROOT / "edge_app/fleet/doctor").glob("*.py"):
        text = file.read_text().replace("\n", " ")
        used |= {(check, what) for check, what in _calls(text)}
    assert len(used) > 30
    for check, what in used:
        assert f"doctor.{check}.{what}" in said, (check, what)
    steps = {name.removesuffix(".next") for name in said if name.startswith("doctor.") and name.endswith(".next")}
    assert steps <= said.keys()


def _calls(text: str) -> set[tuple[str, str]]:
    return set(re.findall(r'\b(?:ok|warn|fail)\(\s*"(\w+)",\s*"(\w+)"', text))
