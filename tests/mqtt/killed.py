"""A device in a process of its own, which publishes one value and waits to be killed."""

import asyncio
import sys
from pathlib import Path

from tests.mqtt.conftest import GRANTED, GRID, begun, reading, running
from tests.mqtt.mosquitto import Mosquitto


async def publish(port: int) -> None:
    broker = Mosquitto(Path())
    broker.port = port
    home = begun(broker, Path())
    async with running(home):
        home.decide(GRANTED)
        home.hear(GRID, reading(power="0.1 kW"))
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(publish(int(sys.argv[1])))
