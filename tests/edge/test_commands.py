"""The commands of the device, as a person or a program calls them."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from edge_app.cli import main
from edge_app.metering import sml
from edge_app.simulator.mode_d_writer import with_even_parity
from tests.edge.speaking import speaking, telegrams

EDGE_APP = str(Path(sys.executable).with_name("edge-app"))


def objects(text: str) -> list[dict[str, Any]]:
    """What was printed: one JSON object a line and nothing else."""
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]


class TestDecode:
    def test_it_prints_one_object_for_each_telegram(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        recording = telegrams("MT681")
        damaged = recording[1].replace(b"ISK", b"ESK")
        (tmp_path / "recording.bin").write_bytes(recording[0][100:] + recording[0] + damaged + recording[2][:200])
        assert main(["decode", str(tmp_path / "recording.bin"), "--json"]) == 0
        whole, broken, cut = objects(capsys.readouterr().out)
        assert whole["valid"] is True
        assert whole["protocol"] == "sml"
        assert whole["server_id"].startswith("0901")
        assert whole["registers"]["0100010800ff"]["unit"] == "kWh"
        assert whole["registers"]["0100100700ff"]["unit"] == "kW"
        assert broken == {"valid": False, "protocol": "sml", "error": "checksum"}
        assert cut == {"valid": False, "protocol": "sml", "error": "truncated"}

    def test_it_prints_the_digits_that_the_meter_sent(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (telegram,) = telegrams("DD3", count=1)
        (tmp_path / "recording.bin").write_bytes(telegram)
        main(["decode", str(tmp_path / "recording.bin"), "--json"])
        ((printed),) = objects(capsys.readouterr().out)
        expected = {str(code): quantity.value for code, quantity in sml.read(telegram).registers.items()}
        assert {code: Decimal(register["value"]) for code, register in printed["registers"].items()} == expected
        assert all(value.as_tuple().exponent == -8 for code, value in expected.items() if "0800" in code)

    def test_for_people_it_names_registers_as_meters_do(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "recording.bin").write_bytes(telegrams("DD3", variant="mode_d", count=1)[0])
        assert main(["decode", str(tmp_path / "recording.bin")]) == 0
        assert "1-0:1.8.0*255" in capsys.readouterr().out

    @pytest.mark.parametrize("protocol", ["auto", "sml", "d0"])
    def test_noise_holds_nothing_valid(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], protocol: str) -> None:
        (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 50)
        assert main(["decode", str(tmp_path / "noise.bin"), "--json", "--protocol", protocol]) == 1
        assert capsys.readouterr().out == ""

    def test_a_file_that_is_not_there_is_wrong_usage(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["decode", str(tmp_path / "nothing.bin"), "--json"]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "nothing.bin: cannot be read" in printed.err

    def test_a_reader_that_has_seen_enough_is_no_error(self, tmp_path: Path) -> None:
        (tmp_path / "recording.bin").write_bytes(telegrams("MT681", count=1)[0] * 500)
        command = f"{EDGE_APP} decode {tmp_path / 'recording.bin'} --json | head -1"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30, check=True)
        assert len(done.stdout.splitlines()) == 1
        assert done.stderr == ""


class TestRead:
    @pytest.mark.parametrize("driver", ["serialx", "pyserial-asyncio"])
    @pytest.mark.parametrize("model", ["MT681", "MT175", "EHZ", "DD3", "EASY"])
    def test_it_prints_the_first_whole_telegram(
        self, model: str, driver: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with speaking(*telegrams(model)) as port:
            assert main(["read", "--port", port, "--model", model, "--json", "--driver", driver]) == 0
        (printed,) = objects(capsys.readouterr().out)
        assert (printed["valid"], printed["model"]) == (True, model)
        assert {"0100010800ff", "0100100700ff"} <= printed["registers"].keys()
        assert printed["time"].endswith("Z")

    def test_a_seven_bit_meter_is_read_with_its_parity(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(*map(with_even_parity, telegrams("DD3", variant="mode_d"))) as port:
            assert main(["read", "--port", port, "--json"]) == 0
        (printed,) = objects(capsys.readouterr().out)
        assert (printed["model"], printed["protocol"]) == ("DD3", "d0")

    def test_another_meter_than_the_one_named_is_not_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(*telegrams("EHZ")) as port:
            assert main(["read", "--port", port, "--model", "DD3", "--timeout", "0.5", "--json"]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "no whole telegram of the model DD3" in printed.err

    def test_an_unknown_model_is_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["read", "--port", "/dev/null", "--model", "MT99"]) == 2
        assert "installed: DD3, EASY, EHZ, MT175, MT681" in capsys.readouterr().err

    def test_a_port_that_is_not_there_has_a_status_of_its_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["read", "--port", "/dev/not-there", "--json"]) == 3
        assert "there is no such port" in capsys.readouterr().err

    def test_an_address_that_is_none_is_wrong_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["read", "--port", "carrier-pigeon://roof"]) == 2
        assert "socket://host:port" in capsys.readouterr().err

    def test_for_people_it_says_what_was_worked_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(*telegrams("EHZ", variant="hw8")) as port:
            assert main(["read", "--port", port]) == 0
        assert "worked out of 1-0:15.7.0*255" in capsys.readouterr().out


class TestDetect:
    def test_meters_that_send_alike_are_both_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(*telegrams("MT681")) as port:
            assert main(["detect", "--port", port, "--json"]) == 0
        (printed,) = objects(capsys.readouterr().out)
        assert printed["candidates"] == ["MT175", "MT681"]
        assert (printed["vendor"], printed["protocol"]) == ("Iskraemeco", "sml")
        assert printed["line"] == {"baudrate": 9600, "bytesize": 8, "parity": "N", "stopbits": 1}

    def test_the_line_of_mode_d_has_seven_bits(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(*telegrams("EASY", variant="q3d")) as port:
            assert main(["detect", "--port", port]) == 0
        assert "EasyMeter Q3, speaking d0 at 9600 7E1" in capsys.readouterr().out

    def test_silence_ends_with_a_word(self, capsys: pytest.CaptureFixture[str]) -> None:
        with speaking(b"") as port:
            assert main(["detect", "--port", port, "--timeout", "0.3", "--json"]) == 1
        assert "no whole telegram" in capsys.readouterr().err


class TestModelsAndProbes:
    def test_each_model_is_listed_with_the_plugin_that_brings_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["models", "--json"]) == 0
        listed = {entry["model"]: entry for entry in objects(capsys.readouterr().out)}
        assert sorted(listed) == ["DD3", "EASY", "EHZ", "MT175", "MT681"]
        assert listed["DD3"]["protocols"] == ["sml", "d0"]
        assert listed["MT681"]["plugin"] == "mt681 (zaehlwerk)"

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_a_plugin_that_failed_is_listed_with_its_reason(
        self, form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "plugins").mkdir()
        (tmp_path / "plugins" / "bad.py").write_text("1/0")
        assert main(["--config", str(tmp_path), "models", *form]) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert "bad.py" in last
        assert "ZeroDivisionError" in last

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_serial_ports_are_listed(self, form: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["probes", *form]) == 0
        printed = capsys.readouterr()
        assert printed.out or "no serial port" in printed.err


@pytest.mark.parametrize("words", [[], ["fly"], ["read"], ["read", "--port", "x", "--timeout", "-1"]])
def test_wrong_usage_is_told_from_failure(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2


def test_the_device_does_not_start_without_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--config", str(tmp_path)]) == 2
    assert "edge.toml: cannot be read" in capsys.readouterr().err
