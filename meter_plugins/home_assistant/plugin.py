"""The plugin while it runs: takes what the device tells, and publishes the newest of it, at most once a second."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from aiohttp import web

from edge_app.metering import (
    Clock,
    Consent,
    ConsentState,
    Device,
    Incident,
    Measurement,
    Page,
    Reading,
    Table,
    hookimpl,
)
from edge_app.metering.plugins.reader import LANGUAGE
from meter_plugins.home_assistant.broker import Broker, Say
from meter_plugins.home_assistant.discovery import ENTITIES, MEASURED, PROBLEM, Entity, Topics, values
from meter_plugins.home_assistant.page import State, show
from meter_plugins.home_assistant.settings import Settings

SECONDS_BETWEEN = 1.0
"""Between one value of a meter and the next."""


class Mqtt:
    """Publishes what is known of each meter while consent stands; once it is revoked, every topic is emptied."""

    def __init__(self, table: Table, device: Device, clock: Clock) -> None:
        self._settings = Settings.read(table)
        self._device = device
        self._clock = clock
        self._topics = Topics(settings=self._settings, device=device.uuid)
        self._broker = Broker(self._settings, self._topics, clock)
        self._consent: ConsentState = ConsentState.NOT_GRANTED
        self._known: dict[tuple[UUID, Entity], str] = {(meter, PROBLEM): "OFF" for meter in device.meters}
        self._due: dict[tuple[UUID, Entity], None] = {}
        """Values that have changed since they were published, in their order."""
        self._incidents: set[tuple[UUID, str]] = set()
        self._decided, self._news = asyncio.Event(), asyncio.Event()

    @hookimpl
    def consent_changed(self, consent: Consent) -> None:
        self._consent = consent.state
        self._decided.set()
        self._news.set()

    @hookimpl
    def reading_heard(self, meter: UUID, reading: Reading) -> None:
        for entity, value in values(reading):
            self._note(meter, entity, value)

    @hookimpl
    def measurement_taken(self, measurement: Measurement) -> None:
        self._note(measurement.meter, MEASURED, measurement.time.isoformat())

    @hookimpl
    def incident_opened(self, incident: Incident) -> None:
        self._incidents.add((incident.meter, incident.kind))
        self._note(incident.meter, PROBLEM, "ON")

    @hookimpl
    def incident_closed(self, incident: Incident) -> None:
        self._incidents.discard((incident.meter, incident.kind))
        lasting = any(meter == incident.meter for meter, _ in self._incidents)
        self._note(incident.meter, PROBLEM, "ON" if lasting else "OFF")

    @hookimpl
    def services(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return [self.run]

    @hookimpl
    def pages(self) -> Sequence[Page]:
        async def page(request: web.Request) -> web.Response:
            return show(request[LANGUAGE], self._settings.broker, self._state, self._broker.trouble)

        return [Page(title={"de": "Home Assistant (MQTT)", "en": "Home Assistant (MQTT)"}, routes=[web.get("/", page)])]

    @property
    def _state(self) -> State:
        if self._consent is not ConsentState.GRANTED:
            return "idle"
        return "unwell" if self._broker.trouble else "well"

    async def run(self) -> None:
        """Wait for consent, then publish until it is revoked and nothing is left of it at the broker."""
        await self._decided.wait()
        await self._broker.serve(self._speak)

    def _note(self, meter: UUID, entity: Entity, value: str) -> None:
        if meter in self._device.meters:
            self._known[meter, entity] = value
            self._due[meter, entity] = None
            self._news.set()

    async def _speak(self, say: Say) -> None:
        if self._consent is ConsentState.GRANTED:
            await say(self._topics.availability, "online")
            await self._publish(say)
        for topic in self._all_topics():
            await say(topic, "")

    async def _publish(self, say: Say) -> None:
        """Publish all that is known, and then whatever is new, until consent is revoked."""
        announced: set[tuple[UUID, Entity]] = set()
        self._due = dict.fromkeys(self._known)
        while self._consent is ConsentState.GRANTED:
            due, self._due = self._due, {}
            for meter, entity in due:
                if (meter, entity) not in announced:
                    model = self._device.meters[meter]
                    await say(self._topics.discovery(meter, entity), self._topics.announcement(meter, model, entity))
                    announced.add((meter, entity))
                await say(self._topics.value(meter, entity), self._known[meter, entity])
            await self._clock.sleep(SECONDS_BETWEEN)
            await self._news.wait()
            self._news.clear()

    def _all_topics(self) -> list[str]:
        """Every topic on which this device may ever have said something."""
        topics = [self._topics.availability]
        for meter in self._device.meters:
            for entity in ENTITIES:
                topics += [self._topics.discovery(meter, entity), self._topics.value(meter, entity)]
        return topics
