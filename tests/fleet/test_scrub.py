"""What is planted of a household in settings, store and log is in none of the diagnostics."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app import config
from edge_app.clock import Synchrony, SystemClock
from edge_app.fleet.diagnostics import gathered
from edge_app.fleet.scrub import Scrub
from edge_app.logs.recent import RECENT
from edge_app.metering.plugins import catalogue
from edge_app.store import Store, answers, identities, pins
from edge_app.store.vault import Vault
from tests.fleet.test_doctor import DEVICE, METER
from tests.store.values import START
from tests.sync.authority import Authority

SECRETS = {
    "e-mail": "eva@example.org",
    "another e-mail": "paul.meier@mail.example.net",
    "name": "Eva Sonnenschein",
    "street": "Lindenallee",
    "town": "Marburg",
    "PIN": "4711",
    "PIN of another": "0815",
    "code": "7K2M-9QXD-31PT",
    "broker's password": "correct-horse",
    "token": "zwr_6dGh3kPz0QfV8xY2mNs7tLbA1cRe5uWj9iOoKk4",
    "address in the network": "192.168.178.23",
    "number of the meter": "0a01454d480000123456",
}
BEGIN = "-----BEGIN " + "PRIVATE KEY-----"
SETTINGS = f"""
[cloud]
url = "https://cloud.example.org:8443"

[pages]
participant_code = "$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"

[sentry]
dsn = "https://5f0a7c@sentry.example.org/1"

[plugin.mqtt]
broker = "mqtt://home:{SECRETS["broker's password"]}@broker.example.org"
password = "{SECRETS["broker's password"]}"

[[meter]]
uuid = "{METER}"
model = "MT681"
"""


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """A log whose newest lines are remembered."""
    logger = logging.getLogger("edge_app.planted")
    logger.addHandler(RECENT)
    logger.setLevel(logging.INFO)
    yield logger
    logger.removeHandler(RECENT)
    RECENT.lines.clear()


async def test_of_what_was_planted_nothing_is_in_the_diagnostics(tmp_path: Path, log: logging.Logger) -> None:
    authority = Authority.make("devices")
    authority.device(tmp_path, DEVICE)
    authority.write(tmp_path / "ca.pem")
    (tmp_path / "edge.toml").write_text(SETTINGS)
    settings = config.load(tmp_path)
    async with Store.open(settings.store.database, ballast=4096) as store:
        vault = Vault.beside(settings.store.database)
        await store.run(pins.keep, vault, METER, SECRETS["PIN"])
        await store.run(identities.heard, METER, SECRETS["number of the meter"])
        account = {"name": SECRETS["name"], "email": SECRETS["e-mail"]}
        household = {"address": {"street": SECRETS["street"], "house_number": "12", "city": SECRETS["town"]}}
        await store.run(answers.keep, "account", json.dumps(account), START)
        await store.run(answers.keep, "household", json.dumps(household), START)
        for what, secret in SECRETS.items():
            log.warning("the %s is %s, and it stays", what, secret)
        log.warning("Sonnenschein, %s 12, 35037 %s", SECRETS["street"], SECRETS["town"])
        log.warning("Hauptstraße 7, 10115 Berlin; %s\nMIGH", BEGIN, extra={"meter": METER})
        files = await gathered(
            settings, store=store, models=catalogue.load(), clock=SystemClock(), synchrony=Synchrony(trusted=True)
        )
    told = "\n".join(files.values())
    assert [what for what, secret in SECRETS.items() if secret in told] == []
    for word in ("Sonnenschein", "35037", "Hauptstraße 7", "10115", "MIGH", "argon2", "5f0a7c", "broker.example"):
        assert word not in told, word
    lines = [json.loads(line) for line in files["log.jsonl"].splitlines()]
    assert lines[-1]["meter"] == str(METER)
    assert lines[0]["message"].endswith("and it stays")
    found = {each["check"]: each["verdict"] for each in json.loads(files["doctor.json"])}
    assert found["certificate"] == "warn"
    assert found["database"] == "ok"
    assert json.loads(files["state.json"])["meters"][0] == {"meter": str(METER), "model": "MT681", "measured_at": None}
    versions = json.loads(files["versions.json"])
    assert versions["components"]["python"]
    assert versions["libraries"]["aiohttp"]
    assert ["MT681"] in versions["plugins"].values()


@pytest.mark.parametrize(
    "plain",
    [
        "upload: the cloud did not answer in time",
        "8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01",
        "2026-11-24T10:15:00.000Z",
        "MT681: SERIAL-PORT-UNAVAILABLE (absent): the reading head is not plugged in",
        "3 measurements are set aside, the cloud refuses them: 422",
    ],
)
def test_what_tells_of_nobody_stays(plain: str) -> None:
    assert Scrub(["Eva"]).text(plain) == plain
