"""A mistake in the settings is named by file, line and what was expected."""

from pathlib import Path

import pytest
from yarl import URL

from edge_app.config import load
from edge_app.errors import ConfigError

CLOUD = '[cloud]\nurl = "https://cloud.example.org:8443"\n'
UUID = "8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01"
METER = f'\n[[meter]]\nuuid = "{UUID}"\nmodel = "MT681"\nport = "/dev/ttyUSB0"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "edge.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_left_out_has_the_value_that_the_survey_wants(tmp_path: Path) -> None:
    config = load(write(tmp_path, CLOUD))
    assert config.cloud.url == URL("https://cloud.example.org:8443")
    assert (config.schedule.interval, config.schedule.clock) == (900, "synchronised")
    assert (config.cloud.upload_every, config.store.keep_days) == (3600, 14)
    assert config.probe.driver == "serialx"
    assert config.pages.port == 8080


def test_files_are_meant_relative_to_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "conf").mkdir()
    write(tmp_path / "conf", CLOUD + 'key = "secret/device.key"\nca = "/etc/ssl/ca.pem"\n')
    monkeypatch.chdir(tmp_path)
    config = load(Path("conf"))
    assert config.cloud.key == Path("conf/secret/device.key")
    assert config.cloud.certificate == Path("conf/device.pem")
    assert config.cloud.ca == Path("/etc/ssl/ca.pem")
    assert config.store.database == Path("conf/edge.db")


def test_how_a_meter_is_unlocked_is_set_beside_it(tmp_path: Path) -> None:
    more = 'light = "zeros"\ninverted = true\nkeep_alive = true\nunlock = { digit_on = 0.5, zero_pulses = 0 }\n'
    config = load(write(tmp_path, CLOUD + METER + more + "\n[unlock]\nafter = 120\n"))
    (meter,) = config.meter
    assert (meter.light, meter.inverted, meter.keep_alive) == ("zeros", True, True)
    assert meter.unlock == {"digit_on": 0.5, "zero_pulses": 0}
    assert config.unlock.after == 120
    (usual,) = load(write(tmp_path, CLOUD + METER)).meter
    assert (usual.light, usual.inverted, usual.keep_alive, usual.unlock) == (None, False, False, {})


def test_a_meter_without_a_port_is_one_that_is_not_read_yet(tmp_path: Path) -> None:
    (meter,) = load(write(tmp_path, CLOUD + METER.replace('port = "/dev/ttyUSB0"\n', ""))).meter
    assert (meter.model, meter.port) == ("MT681", None)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "edge.toml: Object missing required field `cloud`"),
        ("[cloud]\n", " line 1, [cloud]: Object missing required field `url`"),
        ('[cloud]\nurl = "http://plain"\n', " line 2, [cloud] url: Expected an address like https://"),
        ("[cloud]\nurl = 8443\n", " line 2, [cloud] url: Expected a text, got 8443"),
        (CLOUD + "batch = 0\n", " line 3, [cloud] batch: Expected `int` >= 1"),
        (CLOUD + "speed = 9\n", " line 3, [cloud] speed: Object contains unknown field `speed`"),
        (CLOUD + "\n[weather]\nsun = true\n", " line 4, [weather]: Object contains unknown field `weather`"),
        (CLOUD + '[probe]\ndriver = "telepathy"\n', " line 4, [probe] driver: Invalid enum value 'telepathy'"),
        (CLOUD + METER + METER.replace(UUID, "no-uuid"), " line 10, [meter] uuid: Invalid UUID"),
        (CLOUD + METER + METER.replace("7a01", "7a02"), "two [[meter]] have the same port, /dev/ttyUSB0"),
        (CLOUD + METER + METER.replace("USB0", "USB1"), "two [[meter]] have the same uuid, 8c9e2a52"),
        ("[cloud\n", "no TOML: "),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    assert str(caught.value).startswith(str(tmp_path / "edge.toml"))
    assert complaint in str(caught.value)


def test_a_folder_without_settings_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"edge\.toml: cannot be read"):
        load(tmp_path)
