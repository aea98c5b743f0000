"""Plugins hear what happens, a fault of one is told once, and the others run on."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.config import PluginTables
from edge_app.metering.plugins.catalogue import Catalogue, load
from edge_app.metering.plugins.contribution import Device
from edge_app.metering.plugins.running import Plugins
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Cause, Incident, Kind
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN
from edge_app.model.reading import Quantity, Reading
from edge_app.testing import HandClock
from tests.hooks.plugins import SABOTEUR, WITNESS, drop_in, heard
from tests.waiting import until

METER = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
AT = datetime(2026, 11, 24, 10, 15, 2, tzinfo=UTC)
INCIDENT = Incident(meter=METER, cause=Cause.SILENT, detail="not a byte", began=AT)
GREETING = {"witness": {"greeting": "hello"}}


def begun(
    folder: Path, tables: dict[str, dict[str, object]] | None = None, **sources: str
) -> tuple[Plugins, Catalogue]:
    """Plugins of a folder that have begun with these tables."""
    catalogue = load(drop_in(folder / "plugins", **sources))
    plugins = Plugins(catalogue)
    device = Device(uuid=METER, meters={METER: catalogue.meter("MT681")})
    plugins.begin(PluginTables(tables or {}, file=folder / "edge.toml"), device, HandClock())
    return plugins, catalogue


def everything_happens(plugins: Plugins, catalogue: Catalogue) -> None:
    reading = Reading(server_id="0a01", registers={ENERGY_IN: Quantity(value=Decimal(1), unit="kWh")})
    plugins.tell("consent_changed", consent=Consent(state=ConsentState.GRANTED, granted_at=AT))
    plugins.tell("reading_heard", meter=METER, model=catalogue.meter("MT681"), reading=reading, at=AT)
    plugins.tell("measurement_taken", measurement=Measurement(meter=METER, slot=AT, time=AT, data={}))
    plugins.tell("incident_opened", incident=INCIDENT)
    plugins.tell("incident_closed", incident=INCIDENT)


ALL = [
    ("began", METER),
    ("consent", ConsentState.GRANTED),
    ("reading", METER, "MT681", AT),
    ("measurement", METER, AT),
    ("opened", Kind.SERIAL_PORT_UNAVAILABLE),
    ("closed", Kind.SERIAL_PORT_UNAVAILABLE),
]


def test_a_plugin_hears_all_that_happens(tmp_path: Path) -> None:
    plugins, catalogue = begun(tmp_path, GREETING, witness=WITNESS)
    everything_happens(plugins, catalogue)
    assert heard() == ALL
    assert catalogue.failed == {}


def test_a_plugin_that_fails_everywhere_is_told_once_and_the_others_hear_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plugins, catalogue = begun(tmp_path, GREETING, a_saboteur=SABOTEUR, witness=WITNESS)
    for _ in range(3):
        everything_happens(plugins, catalogue)
    assert plugins.ask("pages") != []
    assert heard() == [ALL[0], *ALL[1:] * 3]
    (line,) = [record.getMessage() for record in caplog.records]
    assert "plugin a_saboteur.py has a fault" in line
    assert catalogue.failed == {"a_saboteur.py": "RuntimeError: sabotage"}


async def test_a_service_that_collapses_takes_nobody_with_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    plugins, _ = begun(tmp_path, GREETING | {"saboteur": {}}, saboteur=SABOTEUR, witness=WITNESS)
    async with asyncio.TaskGroup() as group:
        services = [group.create_task(plugins.run(owner, service)) for owner, service in plugins.ask("services")]
        await until(lambda: sum(service.done() for service in services) == 2)
        assert heard()[-1] == ("serving", "hello")
        for service in services:
            service.cancel()
    assert heard()[-1] == ("served", "hello")
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "plugin saboteur.py has a fault, what it does may be missing"
    ]


def test_a_plugin_without_a_table_does_not_begin(tmp_path: Path) -> None:
    plugins, catalogue = begun(tmp_path, witness=WITNESS)
    everything_happens(plugins, catalogue)
    assert heard() == []


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({}, "[plugin.witness]: greeting is missing (expected text)"),
        ({"greeting": 5}, "[plugin.witness]: greeting is 5 (expected text)"),
        ({"greeting": "hello", "volume": 11}, "[plugin.witness]: volume is not known here"),
    ],
)
def test_a_mistake_in_its_table_is_told_with_file_table_and_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, table: dict[str, object], complaint: str
) -> None:
    plugins, catalogue = begun(tmp_path, {"witness": table}, witness=WITNESS)
    everything_happens(plugins, catalogue)
    assert heard() == []
    assert f"{tmp_path / 'edge.toml'}: {complaint}" in caplog.text


def test_a_table_for_nobody_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    begun(tmp_path, {"wittness": {}}, witness=WITNESS)
    assert "[plugin.wittness] is for a plugin that is not there" in caplog.text


def test_of_two_plugins_of_one_name_the_second_is_refused_with_both(tmp_path: Path) -> None:
    _, catalogue = begun(tmp_path, mt681=WITNESS)
    assert catalogue.failed == {
        "mt681.py": "PluginError: mt681.py has the name of mt681 (zaehlwerk), which was there before"
    }


def test_a_hook_that_takes_what_there_is_not_is_a_reason_not_to_use_the_plugin(tmp_path: Path) -> None:
    _, catalogue = begun(tmp_path, witness=WITNESS.replace("def begin(settings, device)", "def begin(weather)"))
    assert "weather" in catalogue.failed["witness.py"]
