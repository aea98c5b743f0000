"""A post is made as the settings say, and a setting that cannot be is named with its meter."""

import asyncio
import os
from pathlib import Path
from uuid import UUID

import pytest

from edge_app import config
from edge_app.clock import Synchrony, SystemClock
from edge_app.errors import ConfigError
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.plugins.running import Plugins
from edge_app.metering.post import Post, make_posts
from edge_app.metering.probe.probe import connected
from edge_app.model.measurement import Measurement
from edge_app.model.undated import Undated
from edge_app.store import Store
from tests.edge.lines import pty
from tests.steward.cellar import METER

SETTINGS = f'[cloud]\nurl = "https://cloud.example.org:8443"\n\n[[meter]]\nuuid = "{METER}"\nmodel = "MT681"\n'


def posts(folder: Path, store: Store, settings: str) -> dict[UUID, Post]:
    async def keep(_: Measurement | Undated) -> None:
        raise AssertionError("nothing is measured here")

    (folder / "edge.toml").write_text(settings, encoding="utf-8")
    models = load(folder / "plugins")
    return make_posts(
        config.load(folder),
        models,
        store=store,
        clock=SystemClock(),
        synchrony=Synchrony(trusted=True),
        keep=keep,
        hold=keep,
        plugins=Plugins(models),
    )


async def test_a_meter_with_a_port_has_a_post_and_one_without_has_none(tmp_path: Path, store: Store) -> None:
    assert posts(tmp_path, store, SETTINGS) == {}
    (post,) = posts(tmp_path, store, SETTINGS + 'port = "/dev/ttyUSB0"\n').values()
    assert post.station.meter.model == "MT681"
    assert post.station.probe.port.url == "/dev/ttyUSB0"


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("unlock = { digit_onn = 0.5 }", "digit_onn is no timing"),
        ("unlock = { digit_on = 601 }", "digit_on = 601.0 cannot be"),
        ("unlock = { zero_pulses = 0.5 }", "expected a whole number"),
    ],
)
async def test_a_timing_that_cannot_be_is_named_with_its_meter(
    tmp_path: Path, store: Store, setting: str, complaint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        posts(tmp_path, store, SETTINGS + setting)
    assert str(caught.value).startswith(f"[[meter]] {METER}: unlock: ")
    assert complaint in str(caught.value)


KEYLESS = '''"""A meter without a key."""

from edge_app.metering import Meter, Reading, hookimpl


class Keyless(Meter):
    """A meter that nobody can unlock."""

    model = "KEYLESS"
    vendor = "Nobody"
    name = "Nobody's meter without a key"
    locked = unlocked = frozenset()

    def recognises(self, reading: Reading) -> bool:
        return False


@hookimpl
def meters() -> list[type[Meter]]:
    return [Keyless]
'''


@pytest.mark.parametrize("setting", ["keep_alive = true", "unlock = { digit_on = 0.5 }"])
async def test_a_meter_without_a_key_takes_no_setting_of_one(tmp_path: Path, store: Store, setting: str) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "keyless.py").write_text(KEYLESS)
    profile = (Path(__file__).parents[2] / "meter_plugins" / "mt681.toml").read_text()
    (tmp_path / "plugins" / "keyless.toml").write_text(profile[: profile.index("[unlock]")])
    settings = SETTINGS.replace("MT681", "KEYLESS") + 'port = "/dev/ttyUSB0"\n'
    assert len(posts(tmp_path, store, settings)) == 1
    with pytest.raises(ConfigError, match="no PIN is known to be entered by light"):
        posts(tmp_path, store, settings + setting)


async def test_the_light_is_that_of_the_line_and_of_the_settings(tmp_path: Path, store: Store) -> None:
    with pty() as line:
        (post,) = posts(tmp_path, store, f'{SETTINGS}port = "{line.url}"\nlight = "zeros"\n').values()
        async with (
            connected(post.station.probe.port, SystemClock()) as connection,
            post.steward._may.lamp(connection) as led,
        ):
            await led.pulse(0.05)
        assert await asyncio.to_thread(os.read, line._meter, 100) == bytes(48)
