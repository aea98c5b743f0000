"""The device's page says how things are, takes the participant's decisions, and answers to nobody else's pages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from edge_app.clock import Synchrony
from edge_app.errors import ProbeError, UnreachableError
from edge_app.metering.plugins.catalogue import load
from edge_app.metering.probe.probe import Port, Probe
from edge_app.metering.schedule import Schedule
from edge_app.metering.station import Station
from edge_app.model.consent import Consent, ConsentState
from edge_app.model.incident import Cause, Incident
from edge_app.model.measurement import Measurement
from edge_app.model.obis import ENERGY_IN, ENERGY_OUT, POWER
from edge_app.model.slot import Grid
from edge_app.store import Store, attempts, consents, identities, incidents, measurements, pins
from edge_app.store.vault import Vault
from edge_app.testing import HandClock
from edge_app.web.keys import Decisions, MeterOnPage
from edge_app.web.pages import make_pages
from edge_app.web.words import ENGLISH, GERMAN

MT681 = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a01")
EHZ = UUID("8c9e2a52-5b0a-4c8e-9a64-1f2f0d7f7a02")
AT = datetime(2026, 11, 24, 10, 15, 2, tzinfo=UTC)
GRANTED = Consent(state=ConsentState.GRANTED, granted_at=AT, text_version="2026-11")
REVOKED = Consent(state=ConsentState.REVOKED, granted_at=AT, revoked_at=AT, text_version="2026-11")


@dataclass
class Home:
    """A device's page, asked by a browser."""

    browser: TestClient  # type: ignore[type-arg]  # its two parameters are aiohttp's own affair
    store: Store
    probe: Probe
    meters: list[MeterOnPage]
    decided: list[str] = field(default_factory=list)
    cloud_is_away: bool = False

    async def read(self, language: str = "en") -> str:
        async with self.browser.get("/", headers={"Accept-Language": language}) as response:
            assert response.status == 200
            return await response.text()

    async def press(self, button: str, **headers: str) -> aiohttp.ClientResponse:
        return await self.send(f"/consent/{button}", **headers)

    async def send(self, path: str, **headers: str) -> aiohttp.ClientResponse:
        origin = str(self.browser.make_url("/")).rstrip("/")
        return await self.browser.post(path, headers={"Origin": origin, **headers})


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    clock = HandClock(AT)
    probe = Probe(Port(url="/dev/probe"), clock=clock)
    async with Store.open(tmp_path / "edge.db", ballast=4096) as store:

        async def keep(_measurement: Measurement) -> None:
            raise AssertionError("nothing is measured here")

        async def decide(step: str, consent: Consent) -> Consent:
            if there.cloud_is_away:
                raise UnreachableError("nobody answers")
            there.decided.append(step)
            return await store.run(consents.remember, consent)

        station = Station(
            probe=probe,
            meter=load().meter("MT681"),
            schedule=Schedule(MT681, Grid()),
            synchrony=Synchrony(trusted=True),
            keep=keep,
        )
        meters = [
            MeterOnPage(uuid=MT681, model="MT681", station=station),
            MeterOnPage(uuid=EHZ, model="EHZ", station=None),
        ]
        pages = make_pages(
            store=store,
            meters=meters,
            decisions=Decisions(grant=lambda: decide("grant", GRANTED), revoke=lambda: decide("revoke", REVOKED)),
            names=["zaehler.local"],
        )
        async with TestClient(TestServer(pages)) as browser:
            there = Home(browser=browser, store=store, probe=probe, meters=meters)
            yield there


async def measured(home: Home) -> None:
    await home.store.run(
        measurements.keep,
        Measurement(
            meter=MT681,
            slot=AT.replace(second=0),
            time=AT,
            data={ENERGY_IN: Decimal("10234.7412"), ENERGY_OUT: Decimal("0.0000"), POWER: Decimal("-0.431")},
        ),
    )


async def began(home: Home, cause: Cause, *, meter: UUID = MT681) -> None:
    incident = Incident(meter=meter, cause=cause, detail="in plain words", began=AT)
    assert await home.store.run(incidents.begin, incident)


class TestWhatItSays:
    async def test_before_consent_it_asks_for_it(self, home: Home) -> None:
        text = await home.read()
        assert ENGLISH["state_not_granted"] in text
        assert ENGLISH["grant"] in text
        assert ENGLISH["revoke"] not in text

    async def test_once_granted_it_offers_to_revoke_with_a_warning(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        text = await home.read()
        assert ENGLISH["revoke_warning"] in text
        assert ENGLISH["grant"] not in text

    async def test_after_revoking_there_is_nothing_left_to_press(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        await home.store.run(consents.remember, REVOKED)
        text = await home.read()
        assert ENGLISH["state_revoked"] in text
        assert "<button" not in text

    async def test_the_last_measurement_of_each_meter_is_there_with_its_digits(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        await measured(home)
        text = await home.read()
        assert "10234.7412 kWh" in text
        assert "-0.431 kW" in text
        assert '<dd id="waiting">1</dd>' in text
        assert ENGLISH["no_port"] in text

    async def test_in_german_numbers_have_a_comma(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        await measured(home)
        text = await home.read("de-DE,de;q=0.9,en;q=0.8")
        assert "10234,7412 kWh" in text
        assert GERMAN["revoke"] in text
        assert '<html lang="de">' in text

    async def test_a_reader_of_another_language_reads_german(self, home: Home) -> None:
        assert '<html lang="de">' in await home.read("fr,it;q=0.5")

    async def test_trouble_with_a_probe_is_said_in_words(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        home.probe.trouble = ProbeError("silent", "/dev/probe: not a byte")
        text = await home.read()
        assert ENGLISH["state_trouble"] in text
        assert ENGLISH["trouble_silent"] in text

    async def test_an_open_incident_is_said_with_a_next_step(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        await began(home, Cause.GARBLED)
        text = await home.read()
        assert ENGLISH["state_trouble"] in text
        assert text.count(ENGLISH["trouble_garbled"]) == 2
        assert ENGLISH["next_garbled"] in text
        await home.store.run(incidents.end, MT681, Cause.GARBLED.kind, AT)
        assert ENGLISH["incidents"] not in await home.read()

    async def test_a_locked_meter_is_one_that_is_read(self, home: Home) -> None:
        home.meters.pop()
        await home.store.run(consents.remember, GRANTED)
        await began(home, Cause.LOCKED)
        text = await home.read("de")
        assert GERMAN["state_locked"] in text
        assert GERMAN["next_locked"] in text

    async def test_an_incident_of_a_meter_that_is_set_no_more_is_not_shown(self, home: Home) -> None:
        await began(home, Cause.LOCKED, meter=UUID(int=7))
        assert ENGLISH["incidents"] not in await home.read()

    async def test_what_the_cloud_refused_is_counted(self, home: Home) -> None:
        await home.store.run(consents.remember, GRANTED)
        await measured(home)
        await home.store.run(measurements.set_aside, [1], "malformed", AT)
        assert ENGLISH["set_aside"] in await home.read()


class TestDecisions:
    async def test_the_buttons_are_carried_to_the_cloud(self, home: Home) -> None:
        async with await home.press("grant") as response:
            assert response.url.path == "/"
            assert ENGLISH["revoke"] in await response.text() or GERMAN["revoke"] in await response.text()
        async with await home.press("revoke"):
            pass
        assert home.decided == ["grant", "revoke"]

    async def test_a_cloud_that_is_away_is_said_and_nothing_is_changed(self, home: Home) -> None:
        home.cloud_is_away = True
        async with await home.press("grant", **{"Accept-Language": "en"}) as response:
            assert response.status == 502
            assert ENGLISH["failed"] in await response.text()
        assert (await home.store.run(consents.current)).state is ConsentState.NOT_GRANTED

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://HOST"}, 403),
            ({}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://HOST"}, 403),
            ({"Sec-Fetch-Site": "same-origin"}, 502),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "http://HOST"}, 502),
            ({"Origin": "http://HOST"}, 502),
        ],
    )
    async def test_only_a_page_of_this_device_may_change_anything(
        self, home: Home, headers: dict[str, str], status: int
    ) -> None:
        home.cloud_is_away = True
        host = home.browser.make_url("/").authority
        sent = {name: value.replace("HOST", host) for name, value in headers.items()}
        async with home.browser.post("/consent/grant", headers=sent) as response:
            assert response.status == status

    @pytest.mark.parametrize("path", ["/consent/grant", "/consent/revoke"])
    async def test_looking_changes_nothing(self, home: Home, path: str) -> None:
        async with home.browser.get(path) as response:
            assert response.status == 405
        assert home.decided == []


class TestSteps:
    async def test_an_exchange_is_confirmed_by_a_button(self, home: Home) -> None:
        await began(home, Cause.FOREIGN)
        for server_id in ("0a01", "0a02"):
            await home.store.run(identities.heard, MT681, server_id)
        assert f'action="/meter/{MT681}/exchange"' in await home.read()
        async with await home.send(f"/meter/{MT681}/exchange") as response:
            assert response.url.path == "/"
        assert await home.store.run(identities.known, MT681) == identities.Identity(server_id="0a02")

    @pytest.mark.parametrize("cause", [Cause.REFUSED, Cause.INTERRUPTED])
    async def test_a_pin_is_entered_again_when_somebody_presses_the_button(
        self, home: Home, tmp_path: Path, cause: Cause
    ) -> None:
        await began(home, cause)
        token = await home.store.run(pins.keep, Vault.beside(tmp_path / "edge.db"), MT681, "4711")
        assert token
        await home.store.run(attempts.begin, token, AT)
        text = await home.read()
        assert f'action="/meter/{MT681}/pin"' in text
        assert "4711" not in text
        async with await home.send(f"/meter/{MT681}/pin"):
            pass
        assert [attempt.pardoned for attempt in await home.store.run(attempts.made, token)] == [True]

    @pytest.mark.parametrize("step", ["exchange", "pin"])
    async def test_a_meter_of_somebody_else_is_not_there(self, home: Home, step: str) -> None:
        async with await home.send(f"/meter/{UUID(int=7)}/{step}") as response:
            assert response.status == 404

    async def test_a_page_from_elsewhere_can_press_nothing(self, home: Home) -> None:
        async with home.browser.post(f"/meter/{MT681}/exchange", headers={"Origin": "http://evil.example"}) as response:
            assert response.status == 403


class TestTheGuard:
    @pytest.mark.parametrize(
        ("host", "status"),
        [
            ("192.168.1.7:8080", 200),
            ("[fe80::1]:8080", 200),
            ("localhost", 200),
            ("zaehler.local:8080", 200),
            ("ZAEHLER.local", 200),
            ("evil.example", 421),
            ("zaehler.local.evil.example", 421),
            ("a b", 421),
            ("", 421),
        ],
    )
    async def test_it_answers_to_its_own_names_alone(self, home: Home, host: str, status: int) -> None:
        async with home.browser.get("/", headers={"Host": host}) as response:
            assert response.status == status

    async def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(self, home: Home) -> None:
        for path, status in (("/", 200), ("/static/style.css", 200), ("/nowhere", 404)):
            async with home.browser.get(path) as response:
                assert response.status == status
                assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
                assert "Access-Control-Allow-Origin" not in response.headers


def test_both_languages_say_everything() -> None:
    assert GERMAN.keys() == ENGLISH.keys()
    assert {f"{word}_{cause}" for word in ("trouble", "next") for cause in Cause} <= GERMAN.keys()
    assert not any(jargon in text for text in [*GERMAN.values(), *ENGLISH.values()] for jargon in ("OBIS", "SML"))
    assert all(GERMAN[key].strip() and ENGLISH[key].strip() for key in GERMAN)
