"""What an installer's PIN becomes once it has worked: the device's own, for the meter that hangs on the same port."""

import asyncio
import json
from pathlib import Path

import pytest

from edge_app.cli.keeping import keep_pin
from edge_app.metering.unlock.pin import Pin
from edge_app.metering.unlock.unlocking import Result
from edge_app.store import Store, attempts, pins
from edge_app.store.vault import Vault
from tests.steward.cellar import METER
from tests.unlock.test_command import ended, meter, program, unlock

PIN = "1110"


def settle_in(folder: Path, *, port: str) -> None:
    (folder / "edge.toml").write_text(
        '[cloud]\nurl = "https://cloud.example.org:8443"\n\n'
        f'[[meter]]\nuuid = "{METER}"\nmodel = "HASTY"\nport = "{port}"\n',
        encoding="utf-8",
    )


async def kept(folder: Path) -> tuple[str, list[str | None]] | None:
    """The PIN that the device keeps, and the results of its attempts."""
    async with Store.open(folder / "edge.db", ballast=4096) as store:
        pin = await store.run(pins.kept, Vault.beside(folder / "edge.db"), METER)
        return (pin.text, [each.result for each in await store.run(attempts.made, pin.token)]) if pin else None


async def test_the_command_keeps_what_has_worked_and_shows_it_nowhere(tmp_path: Path) -> None:
    settle_in(tmp_path, port=str(tmp_path / "meter"))
    async with meter(tmp_path), program(tmp_path, *unlock(tmp_path, "--json")) as process:
        assert process.stdout
        assert process.stderr
        told = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        said = b""
        async with asyncio.timeout(20):
            while b"is kept on this device" not in said:
                line = await process.stderr.readline()
                assert line, said
                said += line
        process.terminate()
        _, out, err = await ended(process)
    assert told["result"] == "shown"
    assert PIN not in json.dumps(told) + said.decode() + out + err
    assert await kept(tmp_path) == (PIN, ["shown"])


async def test_a_wrong_pin_is_not_kept(tmp_path: Path) -> None:
    settle_in(tmp_path, port=str(tmp_path / "meter"))
    async with meter(tmp_path), program(tmp_path, *unlock(tmp_path, pin="1112")) as process:
        status, _, err = await ended(process)
    assert (status, "is kept" in err) == (1, False)
    assert await kept(tmp_path) is None


async def test_a_pin_that_was_not_needed_is_kept_untried(tmp_path: Path) -> None:
    settle_in(tmp_path, port="/dev/ttyUSB0")
    await keep_pin(tmp_path, port="/dev/ttyUSB0", pin=Pin.parse(PIN), result=Result.ALREADY)
    assert await kept(tmp_path) == (PIN, [])


@pytest.mark.parametrize("port", ["/dev/ttyUSB1", None])
async def test_without_a_meter_on_this_port_nothing_is_kept(tmp_path: Path, port: str | None) -> None:
    if port:
        settle_in(tmp_path, port=port)
    await keep_pin(tmp_path, port="/dev/ttyUSB0", pin=Pin.parse(PIN), result=Result.LASTING)
    assert await kept(tmp_path) is None


async def test_a_store_that_cannot_be_used_is_said_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settle_in(tmp_path, port="/dev/ttyUSB0")
    (tmp_path / "edge.db.key").touch(mode=0o600)
    (tmp_path / "edge.db.key").write_text("no key")
    await keep_pin(tmp_path, port="/dev/ttyUSB0", pin=Pin.parse(PIN), result=Result.LASTING)
    said = capsys.readouterr().err
    assert "the PIN could not be kept: " in said
    assert PIN not in said
