"""Brokers that are away, come back, want a password or speak TLS, and devices that go."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

import pytest

from meter_plugins.home_assistant import broker as broker_module
from tests.mqtt.conftest import DEVICE, GRANTED, GRID, REVOKED, Home, begun, reading, running
from tests.mqtt.mosquitto import House, Mosquitto, listening, pass_until
from tests.sync.authority import Authority
from tests.waiting import until

AVAILABILITY = f"zaehlwerk/{DEVICE}/availability"
POWER = f"zaehlwerk/{GRID}/power"


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("meter_plugins")]


async def test_when_the_device_is_killed_the_broker_says_that_it_is_offline(broker: Mosquitto, house: House) -> None:
    device = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.mqtt.killed", str(broker.port))
    try:
        await until(lambda: house.said.get(POWER) == "100", seconds=20)
        assert house.said[AVAILABILITY] == "online"
    finally:
        device.send_signal(signal.SIGKILL)
        await device.wait()
    await until(lambda: house.said[AVAILABILITY] == "offline")
    async with listening(broker) as later:
        await until(lambda: later.said.get(AVAILABILITY) == "offline")


async def test_a_device_that_stops_says_that_it_is_offline(broker: Mosquitto, house: House, tmp_path: Path) -> None:
    home = begun(broker, tmp_path)
    async with running(home):
        home.decide(GRANTED)
        await until(lambda: house.said.get(AVAILABILITY) == "online")
    await until(lambda: house.said[AVAILABILITY] == "offline")


async def test_a_device_may_stop_at_any_moment_of_what_it_says(broker: Mosquitto, house: House, tmp_path: Path) -> None:
    for _ in range(20):
        house.said.clear()
        home = begun(broker, tmp_path)
        async with asyncio.timeout(5), running(home):
            home.decide(GRANTED)
            await until(lambda: AVAILABILITY in house.said)
    await until(lambda: house.said[AVAILABILITY] == "offline")


async def test_after_the_broker_has_started_again_everything_stands_there_again(
    home: Home, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    home.decide(GRANTED)
    home.hear(GRID, reading(power="0.1 kW"))
    await pass_until(home.clock, lambda: POWER in house.said)
    before = house.standing
    await home.broker.stop()
    await pass_until(home.clock, lambda: len(told(caplog)) >= 2)
    await home.clock.advance(600)
    await home.broker.start()
    async with listening(home.broker) as later:
        await pass_until(home.clock, lambda: later.standing == before)
    assert all("reached" in line for line in told(caplog))


async def test_a_broker_that_is_away_is_told_once_and_tried_with_growing_pauses(
    stopped: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    home = begun(stopped, tmp_path)
    async with running(home):
        home.decide(GRANTED)
        await pass_until(home.clock, lambda: len(told(caplog)) == 1)
        for _ in range(20):
            await home.clock.advance(60)
            await asyncio.sleep(0.01)
        (line,) = told(caplog)
        assert f"127.0.0.1:{stopped.port} is not reached" in line
        await stopped.start()
        await pass_until(home.clock, lambda: len(told(caplog)) == 2)
    assert told(caplog)[1].endswith("is reached")


async def test_a_broker_that_never_answers_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker_module, "PATIENCE", 0.2)
    async with await asyncio.start_server(lambda _reader, writer: writers.append(writer), "127.0.0.1", 0) as server:
        writers: list[asyncio.StreamWriter] = []
        mute = Mosquitto(tmp_path)
        mute.port = server.sockets[0].getsockname()[1]
        home = begun(mute, tmp_path)
        async with running(home):
            home.decide(GRANTED)
            await pass_until(home.clock, lambda: len(told(caplog)) == 1)
        for writer in writers:
            writer.close()
    assert told(caplog)[0].endswith("is not reached: no answer within 0.2 s")


async def test_a_revocation_that_the_broker_missed_is_carried_out_once_it_is_back(
    stopped: Mosquitto, tmp_path: Path
) -> None:
    home = begun(stopped, tmp_path)
    async with running(home):
        home.decide(REVOKED)
        await home.clock.advance(5)
        await stopped.start()
        async with listening(stopped) as house:
            await pass_until(home.clock, lambda: POWER in house.count)
            assert house.standing == {}


async def test_a_password_from_its_file_lets_the_device_in(stopped: Mosquitto, tmp_path: Path) -> None:
    stopped.ask_for("meters", "a secret of the house")
    await stopped.start()
    secret = tmp_path / "broker.password"
    secret.write_text("a secret of the house\n")
    secret.chmod(0o600)
    home = begun(stopped, tmp_path, username="meters", password_file="broker.password")
    async with listening(stopped, username="meters", password="a secret of the house") as house, running(home):
        home.decide(GRANTED)
        await until(lambda: house.said.get(AVAILABILITY) == "online")


async def test_a_wrong_password_is_told_without_repeating_it(
    stopped: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stopped.ask_for("meters", "a secret of the house")
    await stopped.start()
    secret = tmp_path / "broker.password"
    secret.write_text("the wrong one")
    secret.chmod(0o600)
    home = begun(stopped, tmp_path, username="meters", password_file=str(secret))
    async with running(home):
        home.decide(GRANTED)
        await pass_until(home.clock, lambda: len(told(caplog)) == 1)
    assert "ot authori" in told(caplog)[0]
    assert "wrong one" not in caplog.text


# The library leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")
async def test_over_tls_the_authority_of_the_settings_is_trusted_and_no_other(
    stopped: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    authority, stranger = Authority.make("house"), Authority.make("stranger")
    stopped.certificate = authority.server(tmp_path)
    await stopped.start()
    authority.write(tmp_path / "house.pem")
    stranger.write(tmp_path / "stranger.pem")
    trusting = begun(stopped, tmp_path, tls=True, ca="house.pem")
    async with running(trusting):
        trusting.decide(GRANTED)
        caplog.set_level(logging.INFO)
        await pass_until(trusting.clock, lambda: len(told(caplog)) == 1)
    wary = begun(stopped, tmp_path, tls=True, ca="stranger.pem")
    async with running(wary):
        wary.decide(GRANTED)
        await pass_until(wary.clock, lambda: len(told(caplog)) == 2)
    assert told(caplog)[0].endswith("is reached")
    assert "certificate verify failed" in told(caplog)[1]
