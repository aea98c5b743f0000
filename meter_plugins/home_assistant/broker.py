"""The way to the broker: connections that are made again with growing pauses, each change of which is told once."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial

import aiomqtt

from edge_app.metering import Clock, PluginError, Table
from meter_plugins.home_assistant.discovery import Topics
from meter_plugins.home_assistant.settings import Settings

logger = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before a broker is tried again, growing; the last one repeats."""
PATIENCE = 10.0
"""Seconds for each answer of the broker."""

Say = Callable[[str, str], Awaitable[None]]
"""Publishes a text under a topic, where it stands until there is another; an empty one takes it away."""


class Broker:
    """The broker of the settings; `trouble` says why it is not reached, None while it is."""

    def __init__(self, settings: Settings, topics: Topics, clock: Clock) -> None:
        self.trouble: str | None = "not tried yet"
        self._settings = settings
        self._topics = topics
        self._clock = clock

    async def serve(self, speak: Callable[[Say], Awaitable[None]]) -> None:
        """Call `speak` while connected, and again whenever the connection was made anew, until it returns."""
        failures, done = 0, False
        while not done:
            try:
                async with connected(self._settings, self._topics) as client, asyncio.TaskGroup() as tasks:
                    failures = 0
                    self._reached()
                    watching = tasks.create_task(_until_lost(client))
                    await self._speak(speak, partial(_say, client))
                    watching.cancel()
                done = True
            except* aiomqtt.MqttError as errors:
                self._lost(str(errors.exceptions[0]))
            if not done:
                await self._clock.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    async def _speak(self, speak: Callable[[Say], Awaitable[None]], say: Say) -> None:
        try:
            await speak(say)
        except asyncio.CancelledError:
            with suppress(aiomqtt.MqttError):
                await say(self._topics.availability, "offline")
            raise

    def _reached(self) -> None:
        logger.info("the MQTT broker at %s is reached", self._settings.broker)
        self.trouble = None

    def _lost(self, reason: str) -> None:
        if self.trouble != reason:
            logger.warning("the MQTT broker at %s is not reached: %s", self._settings.broker, reason)
        self.trouble = reason


async def _until_lost(client: aiomqtt.Client) -> None:
    """Nothing is ever sent to us, so that waiting for it ends with the connection. Raises MqttError."""
    await anext(client.messages)


async def _say(client: aiomqtt.Client, topic: str, text: str) -> None:
    async with _patience():
        await client.publish(topic, text, qos=1, retain=True, timeout=math.inf)


@asynccontextmanager
async def connected(settings: Settings, topics: Topics | None = None) -> AsyncIterator[aiomqtt.Client]:
    """A connection; when one with topics breaks, the broker tells that this device is offline. Raises MqttError."""
    async with AsyncExitStack() as stack:
        client = aiomqtt.Client(
            settings.host,
            settings.port,
            username=settings.username,
            password=settings.password,
            tls_context=settings.tls,
            identifier=f"zaehlwerk-{topics.device}" if topics else None,
            will=aiomqtt.Will(topics.availability, "offline", qos=1, retain=True) if topics else None,
            keepalive=30,
            timeout=math.inf,
        )
        async with _patience():
            await stack.enter_async_context(client)
        client.timeout = PATIENCE  # for parting
        yield client


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """A limit of our own: the library's rests on `asyncio.wait_for`, by which Python 3.11 may lose a cancellation."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise aiomqtt.MqttError(f"no answer within {PATIENCE:g} s") from None


def try_once(table: Table) -> str:
    """Connect as the settings say, and part again; returns a sentence for people. Raises PluginError."""
    settings = Settings.read(table)
    asyncio.run(_try(settings))
    return f"the MQTT broker at {settings.broker} lets this device in"


async def _try(settings: Settings) -> None:
    try:
        async with connected(settings):
            pass
    except aiomqtt.MqttError as error:
        raise PluginError(f"the MQTT broker at {settings.broker} is not reached: {error}") from error
