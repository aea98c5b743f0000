"""A device with its certificate and its store, and a cloud that it can talk to."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from edge_app.clock import Synchrony
from edge_app.config import CloudConfig
from edge_app.store import Store
from edge_app.sync.client import CloudClient
from edge_app.testing import HandClock
from tests.sync.authority import Authority
from tests.sync.cloud import Cloud, serving

DEVICE = UUID("0a5e8c6e-1111-4222-8333-444455556666")


@dataclass(frozen=True, kw_only=True)
class Authorities:
    """Those that both sides know, and one that nobody does."""

    servers: Authority
    devices: Authority
    strangers: Authority


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities(
        servers=Authority.make("servers"), devices=Authority.make("devices"), strangers=Authority.make("strangers")
    )


@pytest.fixture
async def cloud(tmp_path: Path, authorities: Authorities) -> AsyncIterator[Cloud]:
    certificate = authorities.servers.server(tmp_path)
    devices = authorities.devices.write(tmp_path / "devices.pem")
    async with serving(Cloud(), certificate, devices) as cloud:
        yield cloud


@pytest.fixture
def config(tmp_path: Path, authorities: Authorities, cloud: Cloud) -> CloudConfig:
    certificate, key = authorities.devices.device(tmp_path, DEVICE)
    ca = authorities.servers.write(tmp_path / "ca.pem")
    return CloudConfig(url=cloud.url, certificate=certificate, key=key, ca=ca, timeout=5)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def synchrony() -> Synchrony:
    return Synchrony(kernel=lambda: False)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:
        yield store


@pytest.fixture
async def client(config: CloudConfig, clock: HandClock, synchrony: Synchrony) -> AsyncIterator[CloudClient]:
    async with CloudClient.open(config, clock=clock, synchrony=synchrony) as client:
        yield client


@pytest.fixture
def rng() -> random.Random:
    return random.Random(1)
