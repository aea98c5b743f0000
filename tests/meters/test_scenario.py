"""Scenarios: what a file asks for happens on a real line, and a mistake in it is told by its place."""

from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.errors import ConfigError
from edge_app.metering import ENERGY_IN
from edge_app.simulator.display import Setting
from edge_app.simulator.faults import Fault, Kind
from edge_app.simulator.scenario import Scenario, load
from tests.meters.hearing import believed
from tests.meters.test_simulate import Bench, bench


def scenario(folder: Path, text: str) -> Path:
    file = folder / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    return file


def fault(folder: Path, kind: str, **keys: float) -> Path:
    return scenario(folder, f'[[fault]]\nkind = "{kind}"\n' + "".join(f"{key} = {keys[key]}\n" for key in keys))


def test_a_scenario_becomes_values(tmp_path: Path) -> None:
    text = """
        [display]
        menu = "manual"
        zero = "wait"
        stays_open = false
        [[fault]]
        kind = "turned"
        at = 5
        lasts = 60
        share = 0.5
        [[fault]]
        kind = "backwards"
        at = 70
        energy = 2.5
    """
    assert load(scenario(tmp_path, text)) == Scenario(
        setting=Setting(menu="manual", zero="wait", stays_open=False),
        faults=(
            Fault(kind=Kind.TURNED, at=5.0, lasts=60.0, share=0.5),
            Fault(kind=Kind.BACKWARDS, at=70.0, energy=2.5),
        ),
    )
    assert load(scenario(tmp_path, "")) == Scenario()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[fault]]\nkind = "fire"\nat = 1', "scenario.toml: fault 1: kind is 'fire' (expected one of lost, flipped, "),
        ('[[fault]]\nkind = "turned"\nat = 1', "scenario.toml: fault 1: lasts is missing (expected a number)"),
        ('[[fault]]\nkind = "lost"\nat = 1', "scenario.toml: fault 1: share is missing (expected a number)"),
        (
            '[[fault]]\nkind = "lost"\nat = 1\nshare = 2',
            "scenario.toml: fault 1: share is 2.0 (expected a number from 0 to 1)",
        ),
        ('[[fault]]\nkind = "silence"\nat = -1', "scenario.toml: fault 1: at is -1.0 (expected a number from 0"),
        ('[[fault]]\nkind = "silence"\nat = 1\nshare = 1', "scenario.toml: fault 1: share is not known here"),
        ("[display]\nmenu = 3", "scenario.toml: display: menu is 3 (expected text)"),
        ('[display]\nzero = "ten"', "scenario.toml: display: zero is 'ten' (expected one of wait, pulse-only)"),
        ("[faults]", "scenario.toml: faults is not known here"),
        ("[[fault", "scenario.toml is no TOML"),
    ],
)
def test_a_mistake_is_told_by_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(scenario(tmp_path, text))
    assert str(told.value).startswith(complaint)


def test_a_scenario_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "scenario.toml")


async def heard(wall: Bench, *times: float) -> list[int]:
    """How many telegrams are believed in each of several stretches of time."""
    return [len(await wall.readings(seconds)) for seconds in times]


@pytest.mark.parametrize("kind", ["lost", "flipped", "doubled"])
async def test_bytes_that_suffer_spoil_telegrams_and_nothing_else(tmp_path: Path, kind: str) -> None:
    file = fault(tmp_path, kind, at=10, lasts=20, share=0.05)
    async with bench(tmp_path, "DD3", scenario=file) as wall:
        before, meanwhile, after = await heard(wall, 9.5, 20, 10)
    assert (before, after) == (9, 10)
    assert meanwhile <= 1


async def test_a_head_that_is_turned_slowly_hears_ever_less(tmp_path: Path) -> None:
    file = fault(tmp_path, "turned", at=0, lasts=90, share=0.01)
    async with bench(tmp_path, "EASY", variant="q3d", interval=1, scenario=file) as wall:
        first, second, third = await heard(wall, 30, 30, 30)
    assert 30 > first > second > third >= 0


async def test_a_meter_falls_silent_and_speaks_again(tmp_path: Path) -> None:
    async with bench(tmp_path, "DD3", scenario=fault(tmp_path, "silence", at=5, lasts=10)) as wall:
        assert await heard(wall, 4.5, 10, 5) == [4, 0, 5]


async def test_a_bridge_that_stalls_gives_all_at_once(tmp_path: Path) -> None:
    async with bench(tmp_path, "DD3", scenario=fault(tmp_path, "stalled", at=5, lasts=5)) as wall:
        assert await heard(wall, 4.5, 5, 1) == [4, 0, 6]


async def test_an_adapter_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    link = tmp_path / "meter"
    file = fault(tmp_path, "unplugged", at=5, lasts=5)
    async with bench(tmp_path, "MT681", scenario=file) as wall:
        first = link.readlink()
        assert await heard(wall, 4.5) == [1]
        await wall.clock.advance(1)
        assert not link.is_symlink(), "between two telegrams"
        await wall.clock.advance(5)
        assert link.is_symlink()
        wall.reopen()
        assert await heard(wall, 7) == [2]
    assert first.parent == Path("/dev/pts")


async def test_another_meter_takes_the_place_of_the_first(tmp_path: Path) -> None:
    file = fault(tmp_path, "another-meter", at=3, lasts=3)
    async with bench(tmp_path, "EHZ", scenario=file) as wall:
        ids = [reading.server_id for reading in await wall.readings(9)]
    assert ids[0] == ids[-1] != ids[4]
    assert len(set(ids)) == 2


async def test_counters_run_backwards(tmp_path: Path) -> None:
    file = fault(tmp_path, "backwards", at=3, energy=12)
    async with bench(tmp_path, "DD3", scenario=file) as wall:
        energy = [reading.registers[ENERGY_IN].value for reading in await wall.readings(6)]
    assert energy[0] - energy[-1] == pytest.approx(12, abs=0.01)


async def test_the_clock_of_the_meter_begins_again(tmp_path: Path) -> None:
    file = fault(tmp_path, "clock-reset", at=3)
    async with bench(tmp_path, "DD3", variant="mode_d", pace=10.0, scenario=file) as wall:
        texts = [reading.texts for reading in await wall.readings(6)]
    clocks = [int(next(text for code, text in each.items() if code.hex == "0000600800ff"), 16) for each in texts]
    assert clocks[1] - clocks[0] == 10
    assert clocks[1] > 1_000_000
    assert clocks[2:] == [0, 10, 20, 30]


async def test_a_power_cut_locks_the_meter_again(tmp_path: Path) -> None:
    file = fault(tmp_path, "power-cut", at=3, lasts=2)
    async with bench(tmp_path, "MT175", pin="1234", scenario=file) as wall:
        unlocked = [reading.unlocked for reading in await wall.readings(8)]
    assert unlocked == [True] * 2 + [False] * 4


async def test_a_recording_suffers_too(tmp_path: Path) -> None:
    recording = tmp_path / "recording.bin"
    async with bench(tmp_path, "DD3") as wall:
        recording.write_bytes(await wall.hear(5))
    async with bench(tmp_path, "DD3", capture=recording, scenario=fault(tmp_path, "lost", at=0.5, share=1)) as wall:
        assert await wall.hear(5) == b""
    assert len(believed(recording.read_bytes())) == 5


def test_an_endless_fault_has_no_end() -> None:
    silence = Fault(kind=Kind.SILENCE, at=3.0)
    assert [silence.active(moment) for moment in (2.9, 3.0, 1e9)] == [False, True, True]
    assert not replace(silence, lasts=1.0).active(4.0)
