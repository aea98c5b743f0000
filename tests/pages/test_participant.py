"""The participant's pages: consent, measurements, registration, meters, and what left this house."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from edge_app.model.consent import ConsentState
from edge_app.store import answers, consents, measurements, uploads
from edge_app.sync.wire import batch, packed
from edge_app.web.access.codes import Codes, normal
from edge_app.web.frame.reader import Reader
from edge_app.web.participant.spans import Span, Unit
from tests.pages.home import AT, EHZ, MT681, Home, at_home

ENGLISH, GERMAN = Reader("en"), Reader("de")
MARKUP = "<script>alert('x')</script>\"&"
DEVICE, PLANT = str(uuid4()), str(uuid4())


def registered(text: str = "Erika Mustermann") -> dict[str, Any]:
    """What the cloud says of a household, with a text in every field that takes one."""
    street = {"street": text, "house_number": text, "postal_code": text, "city": text, "country": text}
    people = {"children": 2, "adults": 2, "employed_adults": 1, "ev_charger": True, "heat_pump": False}
    plant = {"nominal_power": 9.8, "azimuth": 180.0, "tilt": 35.0, "installation_date": "2012-06-15"}
    meter = {"model_number": text, "measurement_device": DEVICE, "model_known": True}
    report = {"uuid": str(uuid4()), "value": text, "reported_at": "2026-11-24T10:00:00Z", "household": "x"}
    return {
        "account": {"uuid": str(uuid4()), "name": text, "email": text},
        "household": {
            "uuid": str(uuid4()),
            "address": street,
            "location": {"latitude": 50.08, "longitude": 8.24},
            "metadata": people | {"home_battery": None},
        },
        "household/measurement_device": {
            "measurement_devices": [
                {"uuid": DEVICE, "name": text, "last_active_at": "2026-11-24T10:00:00Z", "versions": {}},
                {"uuid": str(uuid4()), "name": f"{text} 2", "last_active_at": None, "versions": {}},
            ]
        },
        "household/meter": {
            "meters": [
                meter | {"uuid": str(MT681), "type": "ELECTRICITY"},
                meter | {"uuid": str(EHZ), "type": "PV-GENERATION"},
                meter | {"uuid": str(uuid4()), "type": "ELECTRICITY"},
            ]
        },
        "household/pv_system": {"pv_systems": [plant | {"uuid": PLANT, "meter": str(EHZ)}]},
        "household/correction": {
            "corrections": [
                report | {"field": "/address/street", "state": "declined", "word": text},
                report | {"field": "/address/street", "state": "open", "word": None},
                report | {"field": f"/pv_systems/{PLANT}/tilt", "state": "applied", "word": text},
            ]
        },
        f"household/meter/{MT681}/measurement?limit=1": {
            "measurements": [{"meter": str(MT681), "time": "2026-03-01T10:00:00Z", "data": []}],
            "next": None,
        },
    }


class TestConsent:
    async def test_the_text_is_shown_word_for_word_in_the_reader_s_language(self, home: Home) -> None:
        text = await home.read("/consent", "de")
        assert "Ich willige ein.\n\nDer Text.</div>" in text
        assert f'value="{"d" * 64}"' in text
        assert "I consent.\n\nThe text.</div>" in await home.read("/consent", "en")

    async def test_without_the_text_nobody_can_grant(self, home: Home) -> None:
        home.cloud_is_away = True
        text = await home.read("/consent")
        assert ENGLISH.say("frame.not_yet") in text
        assert "/consent/grant" not in text

    async def test_granting_carries_version_and_hash_of_what_was_shown(self, home: Home) -> None:
        form = {"sure": "yes", "text_version": "2026-11", "text_sha256": "e" * 64}
        async with await home.send("/consent/grant", **form) as response:
            assert response.url.path == "/consent"
            assert ENGLISH.say("consent.granted") in await response.text()
        assert home.decided == [["grant", "2026-11", "e" * 64]]

    @pytest.mark.parametrize("step", ["grant", "revoke"])
    async def test_without_the_tick_nothing_happens(self, home: Home, step: str) -> None:
        async with await home.send(f"/consent/{step}") as response:
            assert response.status == 422
            assert ENGLISH.say("consent.unsure") in await response.text()
        assert home.decided == []

    async def test_a_cloud_that_is_away_is_said_and_nothing_is_changed(self, home: Home) -> None:
        await home.read("/consent")
        home.cloud_is_away = True
        async with await home.send("/consent/grant", sure="yes") as response:
            assert response.status == 502
            assert ENGLISH.say("frame.failed") in await response.text()
        assert (await home.store.run(consents.current)).state is ConsentState.NOT_GRANTED

    async def test_revoking_says_what_will_happen_and_leaves_a_dated_confirmation(self, home: Home) -> None:
        await (await home.send("/consent/grant", sure="yes")).release()
        await home.measured()
        await home.store.run(uploads.note, b"x", 1, AT)
        await home.store.run(answers.keep, "household", "{}", AT)
        assert ENGLISH.say("consent.will_anonymise") in await home.read("/consent")
        async with await home.send("/consent/revoke", sure="yes") as response:
            text = await response.text()
        assert ENGLISH.say("consent.revoked") in text
        assert ENGLISH.moment(AT) in text
        assert ENGLISH.say("consent.gone_measurements", n=1) in text
        assert ENGLISH.say("consent.gone_unsent", n=1) in text
        assert ENGLISH.say("consent.gone_uploads", n=1) in text
        assert "<form" not in text.split("<main")[1]
        assert await home.store.run(uploads.count) == 0
        assert await home.store.run(answers.kept, "household") is None
        assert ENGLISH.say("consent.gone_measurements", n=1) in await home.read("/consent")

    async def test_an_answer_that_comes_after_the_revocation_is_not_kept(self, home: Home) -> None:
        await (await home.send("/consent/grant", sure="yes")).release()
        await (await home.send("/consent/revoke", sure="yes")).release()
        home.answers |= registered()
        for path in ("/registration", "/meters"):
            await home.read(path)
        assert await home.store.run(answers.kept, "account") is None

    async def test_where_codes_are_set_the_code_is_asked_for_again(self, tmp_path: Path) -> None:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        async with at_home(tmp_path, codes=Codes(participant=quick.hash(normal("ABCD-EFGH-JKMN")))) as home:
            await (await home.enter("ABCD-EFGH-JKMN")).release()
            async with await home.send("/consent/grant", sure="yes", code="wrong") as response:
                assert response.status == 403
                assert ENGLISH.say("consent.wrong_code") in await response.text()
            async with await home.send("/consent/grant", sure="yes", code="abcd efgh jkmn") as response:
                assert response.status == 200
            for _ in range(5):
                await (await home.send("/consent/revoke", sure="yes", code="wrong")).release()
            async with await home.send("/consent/revoke", sure="yes", code="ABCD-EFGH-JKMN") as response:
                assert response.status == 403
            assert [step[0] for step in home.decided] == ["grant"]


class TestMeasurements:
    @pytest.fixture
    async def day(self, home: Home) -> Home:
        """An hour, of whose four slots the third was missed."""
        home.answers |= registered()
        await home.grant_here()
        for minutes, drawn in ((0, "100.0"), (15, "100.5"), (45, "101.5"), (60, "101.6")):
            await home.measured(at=AT + timedelta(minutes=minutes), drawn=drawn, fed_in="7.5", power="0.4")
        return home

    async def test_before_consent_there_is_nothing(self, home: Home) -> None:
        assert ENGLISH.say("measurements.not_granted") in await home.read("/measurements")

    async def test_a_device_without_meters_says_so(self, home: Home) -> None:
        home.meters.clear()
        await home.grant_here()
        assert ENGLISH.say("home.none") in await home.read("/measurements")

    async def test_a_day_has_its_slots_and_a_gap_stays_a_gap(self, day: Home) -> None:
        day.clock.set(AT + timedelta(minutes=75))
        text = await day.read("/measurements?span=day", "de")
        rows = [row.split(">")[0] for row in text.split("<tr data-time=")[1:]]
        measured = [row for row in rows if "data-power" in row]
        assert len(measured) == 4
        assert 'data-drawn="0.5"' in measured[0]
        assert "data-drawn" not in measured[1]  # the slot after it is missing
        assert 'data-drawn="0.1"' in measured[2]
        assert "0,500 kWh" in text
        assert GERMAN.say("measurements.gap") in text

    async def test_a_week_has_its_days(self, day: Home) -> None:
        text = await day.read("/measurements?span=week")
        assert 'data-drawn="1.6"' in text
        assert ENGLISH.say("measurements.summary", drawn="1.60 kWh", fed_in="0.00 kWh") in text

    async def test_a_month_comes_from_the_cloud_and_stays_when_it_is_away(self, day: Home) -> None:
        begin = Span.around(Unit.MONTH, AT.date()).begin.strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"household/meter/{MT681}/measurement?from={begin}&to=2026-11-24T10:00:00Z&step=hour"
        step = {"meter": str(MT681), "slots": 4}
        day.answers[path] = {
            "measurements": [
                step | {"time": "2026-11-03T10:00:00Z", "data": [{"0100010800ff": 1.25}, {"0100100700ff": 0.3}]},
                step | {"time": "2026-11-03T11:00:00Z", "data": [{"0100010800ff": 0.5}, {"0100020700ff": 0.1}]},
                step | {"time": "2026-11-04T11:00:00Z", "data": []},
            ],
            "next": None,
        }
        text = await day.read("/measurements?span=month")
        assert 'data-drawn="1.75" data-power="0.1"' in text
        assert ENGLISH.say("frame.as_of", moment=ENGLISH.moment(AT)) in text
        day.cloud_is_away = True
        day.clock.set(AT + timedelta(minutes=30))
        text = await day.read("/measurements?span=month")
        assert 'data-drawn="1.75"' in text
        assert ENGLISH.say("frame.away") in text

    async def test_a_year_and_days_long_ago_come_from_the_cloud_too(self, day: Home) -> None:
        for address in ("span=year&on=2025-07-01", "span=day&on=2026-01-03", f"span=week&on=2026-01-03&meter={EHZ}"):
            assert ENGLISH.say("measurements.nothing") in await day.read(f"/measurements?{address}")

    @pytest.mark.parametrize("address", ["on=yesterday", "on=9999-12-31", "on=0001-01-01", "span=aeon", "meter=<b>"])
    async def test_an_address_that_makes_no_sense_shows_a_day(self, day: Home, address: str) -> None:
        assert ENGLISH.say("measurements.table") in await day.read(f"/measurements?{address}")

    async def test_everything_is_taken_away_as_csv(self, day: Home) -> None:
        pages = f"household/meter/{MT681}/measurement?limit=1000"
        row = {"meter": str(MT681), "data": [{"0100010800ff": 99.5}, {"0100100700ff": -0.25}]}
        day.answers[pages] = {"measurements": [row | {"time": "2026-11-23T10:00:00Z"}], "next": "later"}
        day.answers[f"{pages}&cursor=later"] = {
            "measurements": [row | {"time": "2026-11-23T10:15:00Z"}],
            "next": None,
        }
        day.answers[f"household/meter/{EHZ}/measurement?limit=1000"] = {"measurements": [], "next": None}
        async with day.browser.get("/measurements.csv") as response:
            assert response.headers["Content-Disposition"] == 'attachment; filename="zaehlwerk-2026-11-24.csv"'
            lines = (await response.text()).split("\r\n")
        assert lines[1] == f"{MT681},2026-11-23T10:00:00Z,99.5,,,,-0.25"
        assert lines[2].startswith(f"{MT681},2026-11-23T10:15:00Z,")
        assert [line.split(",")[2] for line in lines[3:7]] == ["100.0", "100.5", "101.5", "101.6"]
        async with day.browser.get("/measurements.json") as response:
            everything = json.loads(await response.text())
        assert everything["account"]["name"] == "Erika Mustermann"
        assert len(everything["measurements"]) == 6
        assert everything["measurements"][0]["data"] == {"0100010800ff": 99.5, "0100100700ff": -0.25}

    async def test_a_part_is_never_taken_for_the_whole(self, day: Home) -> None:
        day.cloud_is_away = True
        async with day.browser.get("/measurements.csv", headers={"Accept-Language": "en"}) as response:
            assert response.url.path == "/measurements"
            assert ENGLISH.say("measurements.away") in await response.text()

    async def test_without_consent_there_is_nothing_to_take(self, home: Home) -> None:
        async with home.browser.get("/measurements.json") as response:
            assert response.url.path == "/measurements"

    def test_the_calendar_is_the_one_on_the_wall(self) -> None:
        week = Span.around(Unit.WEEK, date(2026, 1, 1))
        assert (week.first, week.following.first, week.before.first) == (
            date(2025, 12, 29),
            date(2026, 1, 5),
            date(2025, 12, 22),
        )
        assert week.name(GERMAN) == "29. Dez. – 4. Jan. 2026"
        assert Span.around(Unit.DAY, date(2026, 2, 28)).following.first == date(2026, 3, 1)
        year = Span.around(Unit.YEAR, date(2026, 8, 1))
        assert len(year.edges(timedelta(minutes=15))) == 13
        assert (year.name(ENGLISH), year.row_name(year.begin, GERMAN)) == ("2026", "Januar")
        assert Span.around(Unit.MONTH, date(2026, 1, 31)).following.name(GERMAN) == "Februar 2026"


class TestRegistration:
    async def test_every_field_is_there_as_it_is_stored(self, home: Home) -> None:
        home.answers |= registered()
        text = await home.read("/registration", "de")
        for value in (
            "Erika Mustermann",
            "50,08°",
            "9,8 kW",
            "15. Juni 2012",
            "Erzeugungszähler",
            "ja",
            "keine Angabe",
        ):
            assert f'<p class="field-value">{value}</p>' in text, value
        assert GERMAN.say("registration.declined") in text
        assert GERMAN.say("registration.open") in text
        assert GERMAN.say("registration.applied") in text

    async def test_what_the_cloud_has_not_said_yet_is_being_fetched(self, home: Home) -> None:
        home.cloud_is_away = True
        assert ENGLISH.say("frame.not_yet") in await home.read("/registration")
        assert ENGLISH.say("frame.not_yet") in await home.read("/meters")

    async def test_a_mistake_is_reported_beside_its_field(self, home: Home) -> None:
        home.answers |= registered()
        form = {"field": "/address/street", "value": "  Am  Markt "}
        async with await home.send("/registration/report", of="/registration", **form) as response:
            assert response.url.fragment in {"", "address-street"}
            assert response.status == 200
        assert home.told == [("household/correction", {"field": "/address/street", "value": "Am Markt"})]

    @pytest.mark.parametrize(
        "form", [{"field": "/address/street", "value": " "}, {"field": "x", "value": "y"}, {"value": "y" * 201}, {}]
    )
    async def test_a_report_that_says_nothing_is_not_sent(self, home: Home, form: dict[str, str]) -> None:
        home.answers |= registered()
        async with await home.send("/registration/report", of="/registration", **form) as response:
            assert response.status == 422
            assert ENGLISH.say("registration.unfit") in await response.text()
        assert home.told == []

    async def test_a_report_that_did_not_arrive_is_said(self, home: Home) -> None:
        home.answers |= registered()
        await home.read("/registration")
        home.cloud_is_away = True
        form = {"field": "/address/street", "value": "Am Markt"}
        async with await home.send("/registration/report", of="/registration", **form) as response:
            assert response.status == 502

    async def test_a_slow_cloud_keeps_nobody_waiting(self, home: Home) -> None:
        home.answers |= registered()
        await home.read("/registration")
        home.cloud_is_away = True
        home.clock.set(AT + timedelta(hours=5))
        text = await home.read("/registration")
        assert ENGLISH.say("frame.as_of", moment=ENGLISH.moment(AT)) in text
        assert "Erika Mustermann" in text


class TestMeters:
    async def test_each_device_with_its_meters_their_plants_and_since_when(self, home: Home) -> None:
        home.answers |= registered("cellar")
        await home.grant_here()
        text = await home.read("/meters")
        assert ENGLISH.say("meters.device", name="cellar") in text
        assert ENGLISH.say("meters.plant", power="9.8") in text
        assert "1 March 2026" in text
        assert ENGLISH.say("home.unassigned") in text
        assert ENGLISH.say("meters.elsewhere") in text
        assert ENGLISH.say("frame.never") in text


class TestWhatLeftThisHouse:
    async def test_nothing_at_first(self, home: Home) -> None:
        assert ENGLISH.say("uploads.none") in await home.read("/uploads")

    async def test_each_upload_with_time_size_and_content(self, home: Home) -> None:
        await home.grant_here()
        await home.measured(power="-0.431")
        queue = await home.store.run(_queue)
        content = packed(batch(queue))
        await home.store.run(uploads.note, content, 1, AT)
        text = await home.read("/uploads")
        assert ENGLISH.moment(AT) in text
        assert f"{len(content)} B" in text
        text = await home.read("/uploads/1")
        assert "10,234.7412 kWh" in text
        assert "-0.431 kW" in text
        assert "0100010800ff" in text
        await home.read("/uploads/2", status=404)
        await home.read("/uploads/x", status=404)

    async def test_older_ones_are_on_the_next_page(self, home: Home) -> None:
        for _ in range(51):
            await home.store.run(uploads.note, b"x", 1, AT)
        assert 'href="/uploads?before=2"' in await home.read("/uploads")
        assert 'href="/uploads/1"' in await home.read("/uploads?before=2")
        assert 'href="/uploads/51"' in await home.read("/uploads?before=nonsense")

    async def test_they_go_after_ninety_days(self, home: Home) -> None:
        await home.store.run(uploads.note, b"x", 1, AT)
        await home.store.run(uploads.note, b"x", 1, AT + timedelta(days=90, seconds=1))
        assert [upload.seq for upload in await home.store.run(uploads.page, before=None, limit=9)] == [2]


async def test_markup_in_every_field_stays_text(home: Home) -> None:
    home.answers |= registered(MARKUP)
    home.answers["household/consent/text"] = {
        "version": MARKUP,
        "texts": [{"language": MARKUP, "content": MARKUP, "sha256": MARKUP}],
    }
    await home.grant_here()
    for path in ("/", "/consent", f"/measurements?meter={MARKUP}&on={MARKUP}", "/meters", "/registration", "/enter"):
        text = await home.read(path)
        assert "<script>alert" not in text, path
        assert f'"{MARKUP[:8]}' not in text, path


def _queue(db: Any) -> list[Any]:
    return [measurement for _, measurement in measurements.unconfirmed(db, limit=9)]
