"""The start page says how things are, and what a person can do about what does not work."""

from pathlib import Path
from uuid import UUID

import pytest

from edge_app.errors import ProbeError
from edge_app.model.incident import Cause, Incident
from edge_app.store import attempts, consents, identities, incidents, measurements, pins
from edge_app.store.vault import Vault
from edge_app.web.frame.reader import Reader
from tests.pages.home import AT, EHZ, MT681, REVOKED, Home

ENGLISH, GERMAN = Reader("en"), Reader("de")


async def began(home: Home, cause: Cause, *, meter: UUID = MT681) -> None:
    incident = Incident(meter=meter, cause=cause, detail="in plain words", began=AT)
    assert await home.store.run(incidents.begin, incident)


class TestWhatItSays:
    async def test_before_consent_it_leads_to_the_consent_and_shows_no_meter(self, home: Home) -> None:
        text = await home.read()
        assert ENGLISH.say("home.not_granted") in text
        assert 'href="/consent"' in text
        assert "MT681" not in text

    async def test_after_revoking_it_leads_to_the_confirmation(self, home: Home) -> None:
        await home.grant_here()
        await home.store.run(consents.remember, REVOKED)
        text = await home.read()
        assert ENGLISH.say("home.revoked") in text
        assert ENGLISH.say("home.to_confirmation") in text
        assert "MT681" not in text

    async def test_the_state_is_one_sentence_with_the_time_of_the_last_measurement(self, home: Home) -> None:
        home.meters.pop()
        await home.grant_here()
        assert ENGLISH.say("home.waiting") in await home.read()
        await home.measured()
        moment = f"um {GERMAN.time(AT)}\N{NO-BREAK SPACE}Uhr"
        assert f"Ihr Zähler wird gelesen. Zuletzt gemessen {moment}." in await home.read(language="de")
        assert f"Your meter is being read. Last measured at {ENGLISH.time(AT)}." in await home.read()

    async def test_feeding_in_is_said_in_words(self, home: Home) -> None:
        await home.grant_here()
        await home.measured(power="-0.431")
        text = await home.read()
        assert "431 W" in text
        assert ENGLISH.say("home.feeding") in text

    @pytest.mark.parametrize(("power", "said"), [("1.2345", "drawing"), ("0.000", "resting")])
    async def test_so_are_drawing_and_resting(self, home: Home, power: str, said: str) -> None:
        await home.grant_here()
        await home.measured(power=power)
        text = await home.read(language="de")
        assert GERMAN.say(f"home.{said}") in text
        assert ("1,23 kW" in text) is (said == "drawing")

    async def test_a_generation_meter_generates(self, home: Home) -> None:
        home.answers["household/meter"] = {"meters": [{"uuid": str(MT681), "type": "PV-GENERATION"}]}
        await home.read("/meters")
        await home.grant_here()
        await home.measured()
        text = await home.read()
        assert ENGLISH.say("home.making") in text
        assert ENGLISH.say("home.made_today") in text

    async def test_what_was_drawn_today_is_counted_from_the_first_measurement_of_the_day(self, home: Home) -> None:
        await home.grant_here()
        await home.measured(at=AT.replace(hour=9), drawn="10230.0000")
        await home.measured(drawn="10234.7412")
        assert "4.74 kWh" in await home.read()

    async def test_trouble_with_a_probe_is_said_in_words(self, home: Home) -> None:
        await home.grant_here()
        home.probe.trouble = ProbeError("silent", "/dev/probe: not a byte")
        text = await home.read()
        assert ENGLISH.say("home.trouble") in text
        assert ENGLISH.say("trouble.silent") in text

    async def test_an_open_incident_is_said_with_a_next_step_and_whether_the_group_knows(self, home: Home) -> None:
        await home.grant_here()
        await began(home, Cause.GARBLED)
        text = await home.read()
        assert ENGLISH.say("home.trouble") in text
        assert ENGLISH.say("next.garbled") in text
        assert ENGLISH.say("trouble.telling") in text
        announcement = await home.store.run(incidents.next_announcement)
        assert announcement is not None
        await home.store.run(incidents.acknowledge, announcement.seq)
        assert ENGLISH.say("trouble.told") in await home.read()
        await home.store.run(incidents.end, MT681, Cause.GARBLED.kind, AT)
        assert ENGLISH.say("trouble.heading") not in await home.read()

    async def test_a_locked_meter_is_one_that_is_read(self, home: Home) -> None:
        home.meters.pop()
        await home.grant_here()
        await began(home, Cause.LOCKED)
        text = await home.read(language="de")
        assert GERMAN.say("home.locked") in text
        assert GERMAN.say("next.locked") in text

    async def test_an_incident_of_a_meter_that_is_set_no_more_is_not_shown(self, home: Home) -> None:
        await began(home, Cause.LOCKED, meter=UUID(int=7))
        assert ENGLISH.say("trouble.heading") not in await home.read()

    async def test_what_waits_and_what_the_cloud_refused_is_counted(self, home: Home) -> None:
        await home.grant_here()
        assert ENGLISH.say("home.empty") in await home.read()
        await home.measured()
        assert ENGLISH.say("home.queue", n=1) in await home.read()
        await home.store.run(measurements.set_aside, [1], "malformed", AT)
        assert ENGLISH.say("home.set_aside", n=1) in await home.read()

    @pytest.mark.parametrize(("share", "said"), [(1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50 %"), (0.0, "0 %")])
    async def test_how_complete_the_measurements_are_is_one_figure_and_all_is_said_of_all_alone(
        self, home: Home, share: float, said: str
    ) -> None:
        await home.grant_here()
        home.answers["household/ledger"] = {"completeness": share, "meters": []}
        assert f"since your consent, {said} have been measured. As of" in await home.read()

    async def test_as_long_as_nothing_was_expected_no_figure_stands_there(self, home: Home) -> None:
        await home.grant_here()
        assert "have been measured" not in await home.read()
        home.answers["household/ledger"] = {"completeness": None, "meters": []}
        assert "have been measured" not in await home.read()

    async def test_a_device_without_meters_says_so(self, home: Home) -> None:
        home.meters.clear()
        await home.grant_here()
        assert ENGLISH.say("home.none") in await home.read()


class TestLiveValues:
    async def test_they_come_as_events_and_name_what_has_changed(self, home: Home) -> None:
        await home.grant_here()
        await home.measured()
        await home.read()
        async with home.browser.get("/live", headers={"Accept-Language": "en"}) as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            line = (await response.content.readline()).decode()
        assert line.startswith('data: {"state": "One of the meters')
        assert f'"power-{MT681}": "431 W"' in line

    async def test_before_consent_they_hold_nothing_of_a_meter(self, home: Home) -> None:
        await home.read()
        async with home.browser.get("/live") as response:
            assert str(MT681) not in (await response.content.readline()).decode()


class TestSteps:
    async def test_an_exchange_is_confirmed_by_a_button(self, home: Home) -> None:
        await began(home, Cause.FOREIGN)
        for server_id in ("0a01", "0a02"):
            await home.store.run(identities.heard, MT681, server_id)
        assert f'action="/meter/{MT681}/exchange"' in await home.read()
        async with await home.send(f"/meter/{MT681}/exchange", of="/") as response:
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
        async with await home.send(f"/meter/{MT681}/pin", of="/"):
            pass
        assert [attempt.pardoned for attempt in await home.store.run(attempts.made, token)] == [True]

    @pytest.mark.parametrize("step", ["exchange", "pin"])
    async def test_a_meter_of_somebody_else_is_not_there(self, home: Home, step: str) -> None:
        await began(home, Cause.FOREIGN)
        await began(home, Cause.REFUSED, meter=EHZ)
        async with await home.send(f"/meter/{UUID(int=7)}/{step}", of="/") as response:
            assert response.status == 404
