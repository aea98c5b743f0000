"""What Home Assistant finds at the broker: the meters, their values, and nothing without consent."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from edge_app.config import PluginTables
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.plugins.contribution import Device
from edge_app.metering.plugins.running import Plugins
from edge_app.model.incident import Cause, Incident
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN
from edge_app.testing import HandClock, settle
from tests.mqtt.conftest import AT, DEVICE, GRANTED, GRID, REVOKED, ROOF, Home, begun, reading, running
from tests.mqtt.mosquitto import House, Mosquitto, listening, pass_until
from tests.waiting import until

EVENING = {"energy_in": "10234.7412 kWh", "energy_out": "0.0000 kWh", "power": "0.431 kW"}
AVAILABILITY = f"zaehlwerk/{DEVICE}/availability"


def discovery(house: House, key: str, component: str = "sensor") -> dict[str, object]:
    said: dict[str, object] = json.loads(house.said[f"homeassistant/{component}/zaehlwerk_{GRID.hex}/{key}/config"])
    return said


async def test_a_meter_is_found_with_its_energy_and_its_power(home: Home, house: House) -> None:
    home.decide(GRANTED)
    home.hear(GRID, reading(**EVENING, voltage="231.4 V"))
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    energy, power = discovery(house, "energy_drawn"), discovery(house, "power")
    assert energy["device_class"] == "energy"
    assert energy["state_class"] == "total_increasing"
    assert energy["unit_of_measurement"] == "kWh"
    assert energy["unique_id"] == f"zaehlwerk_{GRID.hex}_energy_drawn"
    assert (power["device_class"], power["state_class"], power["unit_of_measurement"]) == ("power", "measurement", "W")
    assert power["device"] == {
        "identifiers": [f"zaehlwerk_{GRID.hex}"],
        "name": "Iskraemeco MT681",
        "manufacturer": "Iskraemeco",
        "model": "MT681",
    }
    for entity in (energy, power):
        assert entity["availability_topic"] == AVAILABILITY
        assert str(entity["state_topic"]) in house.said
    assert house.said[AVAILABILITY] == "online"
    assert not [topic for topic in house.said if "voltage" in topic]


async def test_energy_keeps_the_digits_of_the_meter_and_power_is_in_watts(home: Home, house: House) -> None:
    home.decide(GRANTED)
    home.hear(GRID, reading(**EVENING))
    home.hear(ROOF, reading(energy_out="8.0 kWh", power="-0.4312 kW"))
    await pass_until(home.clock, lambda: f"zaehlwerk/{ROOF}/power" in house.said)
    assert house.said[f"zaehlwerk/{GRID}/energy_drawn"] == "10234.7412"
    assert house.said[f"zaehlwerk/{GRID}/energy_fed_in"] == "0.0000"
    assert house.said[f"zaehlwerk/{GRID}/power"] == "431"
    assert house.said[f"zaehlwerk/{ROOF}/power"] == "-431.2"


@pytest.mark.parametrize(("kilowatts", "watts"), [("0.000", "0"), ("-0.000", "0"), ("2.3", "2300"), ("0.0001", "0.1")])
async def test_watts_are_written_as_people_write_them(home: Home, house: House, kilowatts: str, watts: str) -> None:
    home.decide(GRANTED)
    home.hear(GRID, reading(power=f"{kilowatts} kW"))
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    assert house.said[f"zaehlwerk/{GRID}/power"] == watts


async def test_of_ten_telegrams_in_a_second_the_newest_is_published_once(home: Home, house: House) -> None:
    topic = f"zaehlwerk/{GRID}/power"
    home.decide(GRANTED)
    home.hear(GRID, reading(power="0.001 kW"))
    await until(lambda: topic in house.said)
    for tenth in range(10):
        home.hear(GRID, reading(power=f"0.1{tenth} kW"))
        await home.clock.advance(0.05)
    assert house.count[topic] == 1
    await pass_until(home.clock, lambda: house.said[topic] == "190")
    assert house.count[topic] == 2


async def test_what_is_published_stands_for_whoever_comes_later(home: Home, house: House) -> None:
    home.decide(GRANTED)
    home.hear(GRID, reading(**EVENING))
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    async with listening(home.broker) as later:
        await until(lambda: later.said == house.said)


async def test_an_incident_shows_as_a_problem_until_the_last_one_is_over(home: Home, house: House) -> None:
    topic = f"zaehlwerk/{GRID}/problem"
    home.decide(GRANTED)
    await until(lambda: house.said.get(topic) == "OFF")
    assert discovery(house, "problem", "binary_sensor")["device_class"] == "problem"
    silent = Incident(meter=GRID, cause=Cause.SILENT, detail="not a byte", began=AT)
    locked = Incident(meter=GRID, cause=Cause.LOCKED, detail="no PIN", began=AT)
    foreign = Incident(meter=DEVICE, cause=Cause.LOST, detail="a meter that was taken out of the settings", began=AT)
    for incident in (silent, locked, foreign):
        home.plugins.tell("incident_opened", incident=incident)
    await pass_until(home.clock, lambda: house.said[topic] == "ON")
    home.plugins.tell("incident_closed", incident=silent)
    home.hear(GRID, reading(power="0.1 kW"))
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    assert house.said[topic] == "ON"
    home.plugins.tell("incident_closed", incident=locked)
    await pass_until(home.clock, lambda: house.said[topic] == "OFF")
    assert not [each for each in house.said if f"{DEVICE}/problem" in each]


async def test_when_a_measurement_was_taken_is_told(home: Home, house: House) -> None:
    home.decide(GRANTED)
    taken = Measurement(meter=ROOF, slot=AT - timedelta(seconds=2), time=AT, data={ENERGY_IN: Decimal(1)})
    home.plugins.tell("measurement_taken", measurement=taken)
    await pass_until(home.clock, lambda: house.said.get(f"zaehlwerk/{ROOF}/measured") == "2026-11-24T10:15:02+00:00")


async def test_before_consent_nothing_is_published(home: Home, house: House) -> None:
    home.hear(GRID, reading(**EVENING))
    home.plugins.tell("incident_opened", incident=Incident(meter=GRID, cause=Cause.LOST, detail="", began=AT))
    for _ in range(5):
        await home.clock.advance(1)
    assert house.said == {}
    home.decide(GRANTED)
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)


async def test_after_the_revocation_every_topic_is_empty_and_stays_so(home: Home, house: House) -> None:
    home.decide(GRANTED)
    home.hear(GRID, reading(**EVENING))
    await pass_until(home.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    assert len(house.standing) > 8
    home.decide(REVOKED)
    await pass_until(home.clock, lambda: not house.standing)
    home.hear(GRID, reading(**EVENING))
    for _ in range(3):
        await home.clock.advance(1)
    async with listening(home.broker) as later:
        await settle()
    assert (house.standing, later.said) == ({}, {})


async def test_a_revocation_while_the_device_was_off_is_caught_up_on(
    broker: Mosquitto, house: House, tmp_path: Path
) -> None:
    before = begun(broker, tmp_path)
    async with running(before):
        before.decide(GRANTED)
        before.hear(GRID, reading(**EVENING))
        await pass_until(before.clock, lambda: f"zaehlwerk/{GRID}/power" in house.said)
    after = begun(broker, tmp_path)
    async with running(after):
        after.decide(REVOKED)
        await pass_until(after.clock, lambda: not house.standing)


async def test_names_and_prefix_are_those_of_the_settings(broker: Mosquitto, house: House, tmp_path: Path) -> None:
    home = begun(broker, tmp_path, prefix="cellar/meters", language="en")
    async with running(home):
        home.decide(GRANTED)
        home.hear(GRID, reading(power="0.1 kW"))
        await pass_until(home.clock, lambda: f"cellar/meters/{GRID}/power" in house.said)
    assert discovery(house, "power")["name"] == "Power"


def test_without_its_table_the_plugin_stays_away() -> None:
    catalogue = load()
    plugins = Plugins(catalogue)
    plugins.begin(PluginTables({}), Device(uuid=DEVICE, meters={}), HandClock())
    assert "mqtt" in {plugin.name for plugin in catalogue.plugins}
    assert plugins.ask("services") == plugins.ask("pages") == []
    assert catalogue.failed == {}
