"""A real device tells a real cloud of an incident, which lists it under its meter."""

from pathlib import Path

from edge_app.clock import SystemClock
from edge_app.model.incident import Cause, Incident
from tests.cloud.running import running_cloud
from tests.wire.conftest import Home, connected


async def test_the_cloud_lists_what_the_device_reports_and_resolves(tmp_path: Path) -> None:
    async with running_cloud(tmp_path / "cloud") as cloud:
        household = await cloud.add_household()
        folder = await cloud.provision(household["measurement_devices"][0]["uuid"], tmp_path / "device")
        home = Home(household=household, folder=folder)
        incident = Incident(meter=home.meter, cause=Cause.SILENT, detail="nothing arrives", began=SystemClock().now())
        async with connected(home.config) as client, cloud.device(folder) as session:
            await client.grant("2026-11")
            await client.report(incident)
            await client.resolve(incident)
            async with session.get(f"/household/meter/{home.meter}/incident") as answer:
                (listed,) = (await answer.json())["incidents"]
    assert (listed["kind"], listed["cause"], listed["detail"]) == (incident.kind, incident.cause, incident.detail)
    assert listed["resolved_at"]
