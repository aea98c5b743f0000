"""What Prometheus is told, and that its own tool finds figures and rules right."""

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from cloud_api import logs
from cloud_api.errors import SetupError
from cloud_api.fleet.releases.repository import Repository
from cloud_api.monitoring.metrics import ErrorCount, Metrics
from cloud_api.monitoring.settings import Monitoring
from cloud_api.pages.words import speaking
from cloud_api.watch.oversight import Address, overseeing
from tests.cloud.asking import UPLOAD, ask, measured
from tests.cloud.conftest import Home
from tests.cloud.running import Cloud, cloud_process, session

RULES, DASHBOARD = (files("cloud_api.monitoring") / name for name in ("alerts.yml", "grafana.json"))
promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool, of Debian's prometheus, is missing")


async def told(port: int) -> str:
    async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
        return await answer.text()


def promtool_says(*arguments: str, given: str = "") -> str:
    done = subprocess.run(["promtool", *arguments], input=given, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def figure(text: str, name: str) -> float:
    """The sum of what stands under a name, whatever the labels."""
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


async def test_what_came_in_and_how_devices_stand_is_told(cloud: Cloud, granted: Home, unused_tcp_port: int) -> None:
    async with cloud.away():
        options = (*cloud.options, "--metrics", str(unused_tcp_port))
        async with cloud_process(cloud.folder.path, *options) as (_, listening):
            async with session(listening.device.at("localhost"), cloud.folder.ca, granted.bundle) as device:
                now = cloud.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
                for _ in range(2):
                    assert (await ask(device, "POST", UPLOAD, json=measured(granted.meter, now)))[0] == 200
            text = await told(unused_tcp_port)
    assert figure(text, "zaehlwerk_measurements_stored_total") == 1
    assert figure(text, "zaehlwerk_measurements_duplicate_total") == 1
    assert figure(text, "zaehlwerk_measurement_age_seconds_count") == 1
    assert 'zaehlwerk_requests_total{method="POST",route="/household/meter/measurement",status="200"} 2.0' in text
    assert 'zaehlwerk_devices{standing="waiting"}' in text
    assert 'zaehlwerk_households{consent="granted"} 1.0' in text
    assert 'zaehlwerk_certificate_ends_seconds{certificate="server"}' in text
    assert granted.device not in text


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
async def test_what_several_workers_count_is_told_as_one(cloud: Cloud, granted: Home, unused_tcp_port: int) -> None:
    async with cloud.away():
        options = (*cloud.options, "--workers", "2", "--metrics", str(unused_tcp_port))
        async with cloud_process(cloud.folder.path, *options) as (_, listening):
            for _ in range(10):
                async with session(listening.device.at("localhost"), cloud.folder.ca, granted.bundle) as device:
                    assert (await ask(device, "GET", "/household/consent"))[0] == 200
            text = await told(unused_tcp_port)
    asked = 'zaehlwerk_requests_total{method="GET",route="/household/consent",status="200"}'
    assert f"{asked} 10.0" in text
    assert figure(text, "zaehlwerk_devices") == 1


@promtool
async def test_promtool_finds_the_figures_right(cloud: Cloud, granted: Home) -> None:
    metrics = Metrics()
    metrics.answered("GET", "/healthz", 200, 0.001)
    metrics.stored([cloud.clock.now()], stored=1, duplicates=0, at=cloud.clock.now())
    metrics.failed("cloud_api.app")
    async with overseeing(
        cloud.place,
        cloud.clock,
        Monitoring(),
        counted=lambda: metrics.registry,
        speaking=speaking,
        pki=cloud.folder.pki,
        releases=Repository(cloud.folder.releases),
        metrics=Address(host="127.0.0.1", port=0),
    ) as port:
        assert port
        text = await told(port)
    assert promtool_says("check", "metrics", given=text) == ""


@promtool
def test_promtool_finds_the_rules_right() -> None:
    assert "9 rules found" in promtool_says("check", "rules", str(RULES))


@promtool
def test_a_rule_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    series = [
        {"series": 'zaehlwerk_devices{standing="silent"}', "values": "0x30 10x60"},
        {"series": 'zaehlwerk_devices{standing="well"}', "values": "100x90"},
        {"series": 'zaehlwerk_devices{standing="ended"}', "values": "900x90"},
    ]
    fired = [{"exp_labels": {"severity": "warning"}, "exp_annotations": _annotations("ZaehlwerkManyDevicesSilent")}]
    cases = [
        {"eval_time": when, "alertname": "ZaehlwerkManyDevicesSilent", "exp_alerts": expected}
        for when, expected in (("30m", []), ("40m", []), ("60m", fired))
    ]
    document = {
        "rule_files": [str(RULES)],
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": cases}],
    }
    (tmp_path / "rules.test.json").write_text(json.dumps(document))
    assert "SUCCESS" in promtool_says("test", "rules", str(tmp_path / "rules.test.json"))


def _annotations(alert: str) -> dict[str, str]:
    after = RULES.read_text().partition(f"alert: {alert}\n")[2]
    return {name: re.search(rf"{name}: (.+)", after)[1] for name in ("summary", "description")}  # type: ignore[index]


async def test_dashboard_and_rules_ask_for_figures_that_there_are(cloud: Cloud, granted: Home) -> None:
    metrics = Metrics()
    async with overseeing(
        cloud.place,
        cloud.clock,
        Monitoring(),
        counted=lambda: metrics.registry,
        speaking=speaking,
        pki=cloud.folder.pki,
        releases=Repository(cloud.folder.releases),
        metrics=Address(host="127.0.0.1", port=0),
    ) as port:
        assert port
        text = await told(port)
    there = set(re.findall(r"^# TYPE (zaehlwerk_\w+)", text, re.MULTILINE))
    asked = set(re.findall(r"zaehlwerk_\w+", RULES.read_text() + DASHBOARD.read_text()))
    assert {re.sub(r"_bucket$", "", name) for name in asked} <= there


def queries(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


@promtool
def test_promtool_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    asked = queries(json.loads(DASHBOARD.read_text()))
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(asked)]
    document = tmp_path / "queries.json"
    document.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert f"{len(asked)} rules found" in promtool_says("check", "rules", str(document))


def test_every_panel_of_the_dashboard_asks_the_chosen_prometheus_and_lies_beside_the_others() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    panels = dashboard["panels"]
    assert dashboard["schemaVersion"] >= 36  # since then a source of data is named by its type and uid
    (variable,) = dashboard["templating"]["list"]
    source = {"type": variable["query"], "uid": f"${{{variable['name']}}}"}
    assert [panel["title"] for panel in panels if panel["datasource"] != source or not panel["targets"]] == []
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    fields = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(fields)) == len(fields)
    assert all(x < 24 for x, _ in fields)


async def test_a_port_that_is_taken_is_said(cloud: Cloud) -> None:
    taken = Address(host="127.0.0.1", port=cloud.listening.pages.port)
    counts = Metrics().registry
    with pytest.raises(SetupError, match="cannot listen"):
        async with overseeing(
            cloud.place,
            cloud.clock,
            Monitoring(),
            counted=lambda: counts,
            speaking=speaking,
            pki=cloud.folder.pki,
            releases=Repository(cloud.folder.releases),
            metrics=taken,
        ):
            pass


def test_errors_in_the_log_are_counted_by_their_logger() -> None:
    metrics = Metrics()
    record = logs.logging.LogRecord("cloud_api.app", logs.logging.ERROR, "", 0, "no %s", ("value",), None)
    ErrorCount(metrics).handle(record)
    assert metrics.registry.get_sample_value("zaehlwerk_errors_total", {"logger": "cloud_api.app"}) == 1
