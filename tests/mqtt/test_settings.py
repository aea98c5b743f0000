"""A mistake in the table is told with file, table and key, and what is right is understood."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_app.cli import main
from edge_app.metering import PluginError, Table
from meter_plugins.home_assistant.settings import Settings
from tests.mqtt.conftest import begun
from tests.mqtt.mosquitto import Mosquitto

CLOUD = '[cloud]\nurl = "https://cloud.example.org:8443"\n'


def read(folder: Path, **content: object) -> Settings:
    table = {"host": "broker.local", **content}
    return Settings.read(Table(table, where="edge.toml: [plugin.mqtt]", folder=folder))


def file(folder: Path, name: str, content: bytes, mode: int = 0o600) -> str:
    (folder / name).write_bytes(content)
    (folder / name).chmod(mode)
    return name


def test_what_is_left_out_has_the_usual_value(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.port, settings.tls, settings.username, settings.password) == (1883, None, None, None)
    assert (settings.prefix, settings.language) == ("zaehlwerk", "de")
    assert read(tmp_path, tls=True).port == 8883
    assert read(tmp_path, tls=True, port=1884).broker == "broker.local:1884"


def test_the_reference_names_each_setting(tmp_path: Path) -> None:
    named = re.findall(r"^ *- `(\w+)`:", Settings.__doc__ or "", re.MULTILINE)
    asked: set[str] = set()

    class Curious(Table):
        def _take(self, key: str, *rest: Any) -> Any:
            asked.add(key)
            return super()._take(key, *rest)

        def __contains__(self, key: str) -> bool:
            asked.add(key)
            return super().__contains__(key)

    Settings.read(Curious({"host": "broker.local", "tls": True}, where="here", folder=tmp_path))
    assert set(named) == asked


def test_a_password_is_shown_nowhere(tmp_path: Path) -> None:
    settings = read(tmp_path, username="meters", password_file=file(tmp_path, "secret", b"of the house\nmore"))
    assert settings.password == "of the house"
    assert "of the house" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (lambda _: {"host": 5}, "host is 5 (expected text)"),
        (lambda _: {"port": 0}, "port is 0 (expected a whole number from 1 to 65535)"),
        (lambda _: {"prot": 1883}, "prot is not known here"),
        (lambda _: {"prefix": "a//b"}, "prefix is 'a//b' (expected words with / between them"),
        (lambda _: {"prefix": "meters/#"}, "prefix is 'meters/#' (expected words"),
        (lambda _: {"prefix": ""}, "prefix is '' (expected words"),
        (lambda _: {"language": "fr"}, "language is 'fr' (expected one of de, en)"),
        (lambda _: {"password_file": "secret"}, "username is '' (expected a name, since there is a password_file)"),
        (lambda _: {"username": "m", "password_file": "none"}, "(expected a file that can be read: No such file"),
        (
            lambda folder: {"username": "m", "password_file": file(folder, "open", b"secret", 0o640)},
            "keeps it to its owner",
        ),
        (
            lambda folder: {"username": "m", "password_file": file(folder, "bytes", b"\xff")},
            "(expected a file with UTF-8 text)",
        ),
        (lambda _: {"tls": True, "ca": "none.pem"}, "(expected a PEM file with certificates: No such file"),
        (lambda folder: {"tls": True, "ca": file(folder, "no.pem", b"no")}, "(expected a PEM file with certificates"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, content: Callable[[Path], dict[str, object]], complaint: str
) -> None:
    with pytest.raises(PluginError) as caught:
        read(tmp_path, **content(tmp_path))
    assert str(caught.value).startswith("edge.toml: [plugin.mqtt]: ")
    assert complaint in str(caught.value)


def test_with_a_mistake_the_plugin_stays_away_and_is_told_with_the_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = begun(Mosquitto(tmp_path), tmp_path, port="many")
    (reason,) = home.catalogue.failed.values()
    assert reason.startswith(f"PluginError: {tmp_path / 'edge.toml'}: [plugin.mqtt]: port is 'many'")
    assert reason in caplog.text
    assert home.plugins.ask("services") == []


class TestTheCommand:
    def test_it_says_that_the_broker_lets_the_device_in(
        self, broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings(tmp_path, f'[plugin.mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n')
        assert main(["--config", str(tmp_path), "mqtt"]) == 0
        assert capsys.readouterr().out == f"the MQTT broker at 127.0.0.1:{broker.port} lets this device in\n"

    def test_it_says_why_the_broker_is_not_reached(
        self, stopped: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings(tmp_path, f'[plugin.mqtt]\nhost = "127.0.0.1"\nport = {stopped.port}\n')
        assert main(["--config", str(tmp_path), "mqtt"]) == 1
        assert "is not reached: [Errno 111] Connection refused" in capsys.readouterr().err

    def test_without_a_table_it_says_what_is_missing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        settings(tmp_path, "")
        assert main(["--config", str(tmp_path), "mqtt"]) == 1
        assert "edge.toml has no table [plugin.mqtt]" in capsys.readouterr().err

    def test_without_the_library_it_says_what_brings_it(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings(tmp_path, '[plugin.mqtt]\nhost = "127.0.0.1"\n')
        monkeypatch.delitem(sys.modules, "meter_plugins.home_assistant.broker", raising=False)
        monkeypatch.setitem(sys.modules, "aiomqtt", None)
        assert main(["--config", str(tmp_path), "mqtt"]) == 1
        assert "aiomqtt is not installed (`pip install 'zaehlwerk[mqtt]'` brings it)" in capsys.readouterr().err


def settings(folder: Path, plugin: str) -> None:
    (folder / "edge.toml").write_text(CLOUD + plugin)
