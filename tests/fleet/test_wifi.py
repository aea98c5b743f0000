"""The Wi-Fi that the cloud's command puts into a bundle is the one that the device takes over."""

import asyncio
import os
import pty
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud_api.cli import main
from cloud_api.errors import SetupError
from cloud_api.folder.wifi import FILE, Wifi
from edge_app.fleet import wifi
from tests.cloud.running import running_cloud


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63),
)
def test_every_network_that_may_be_named_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, ssid: str, passphrase: str
) -> None:
    file = tmp_path_factory.getbasetemp() / FILE
    file.write_bytes(Wifi(ssid=ssid, passphrase=passphrase).to_toml())
    assert wifi.load(file) == wifi.Wifi(ssid=ssid, passphrase=passphrase)


@pytest.mark.parametrize(("ssid", "passphrase"), [("", "longenough"), ("ß" * 17, "longenough"), ("Home", "short")])
def test_a_network_that_cannot_be_is_refused_without_its_passphrase(ssid: str, passphrase: str) -> None:
    with pytest.raises(SetupError) as caught:
        Wifi(ssid=ssid, passphrase=passphrase)
    assert passphrase not in str(caught.value)
    assert passphrase not in repr(caught.value)


def test_a_passphrase_comes_from_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse\n")
    file.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        Wifi.asked("Home", file)
    file.chmod(0o600)
    assert Wifi.asked("Home", file) == Wifi(ssid="Home", passphrase="correct horse")
    with pytest.raises(SetupError, match="cannot be read"):
        Wifi.asked("Home", tmp_path / "none")


def test_without_a_file_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, encoding="utf-8") as terminal:  # noqa: PTH123  # a descriptor
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr("getpass.getpass", lambda _prompt: "typed unseen")
        assert Wifi.asked("Home", None).passphrase == "typed unseen"
    os.close(ours)
    piped = tmp_path / "piped"
    piped.write_text("from a pipe\n")
    with piped.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert Wifi.asked("Home", None).passphrase == "from a pipe"


async def test_a_bundle_carries_it_to_the_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "passphrase", tmp_path / "bundle"
    file.write_text("correct horse")
    file.chmod(0o600)
    async with running_cloud(tmp_path / "cloud") as cloud:
        device = (await cloud.add_household())["measurement_devices"][0]["uuid"]
        words = ["device", "provision", device, "--data", str(cloud.folder.path), "--out", str(out)]
        words += ["--url", cloud.url, "--wifi-passphrase-file", str(file)]
        assert await asyncio.to_thread(main, words) == 1
        assert "--wifi SSID" in capsys.readouterr().err
        assert await asyncio.to_thread(main, [*words, "--wifi", "Zuhause"]) == 0
    assert wifi.load(out / FILE) == wifi.Wifi(ssid="Zuhause", passphrase="correct horse")
    assert (out / FILE).stat().st_mode & 0o777 == 0o600
