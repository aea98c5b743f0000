"""What was measured: by day, week, month and year, gaps and all, and everything to take away."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from edge_app.store import consents
from edge_app.web.frame.reader import Reader
from edge_app.web.participant.spans import Span, Unit
from tests.pages.home import AT, EHZ, GRANTED, MT681, Home
from tests.pages.registered import registered

ENGLISH, GERMAN = Reader("en"), Reader("de")


def cloud_path(span: Span, step: str = "hour", *, end: str | None = None) -> str:
    """How the cloud is asked for a span."""
    begin, until = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (span.begin, span.end))
    return f"household/meter/{MT681}/measurement?from={begin}&to={end or until}&step={step}"


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

    async def test_the_first_day_is_the_same_in_every_span(self, day: Home) -> None:
        day.clock.set(AT + timedelta(minutes=75))
        for span in ("day", "week", "month", "year"):
            text = await day.read(f"/measurements?span={span}")
            assert ENGLISH.say("measurements.summary", drawn="1.60 kWh", fed_in="0.00 kWh") in text
            assert ENGLISH.say("measurements.earlier") in text
            if span != "day":
                assert text.count('data-drawn="1.6"') == 1
                assert (
                    ENGLISH.say("measurements.part_months" if span == "year" else "measurements.part_days", n=1) in text
                )
                assert ENGLISH.say("measurements.in_part") in text

    async def test_a_day_that_was_measured_as_long_as_it_lasts_is_whole(self, day: Home) -> None:
        tomorrow = Span.around(Unit.DAY, AT.date()).following
        for slot in range(96):
            await day.measured(at=tomorrow.begin + timedelta(minutes=15 * slot))
        day.clock.set(tomorrow.end)
        text = await day.read("/measurements?span=week")
        assert text.count(ENGLISH.say("measurements.in_part")) == 1

    async def test_a_month_long_ago_comes_from_the_cloud_and_stays_when_it_is_away(self, day: Home) -> None:
        step = {"meter": str(MT681), "slots": 4}
        day.answers[cloud_path(Span.around(Unit.MONTH, date(2026, 9, 1)))] = {
            "measurements": [
                step | {"time": "2026-09-03T10:00:00Z", "data": [{"0100010800ff": 1.25}, {"0100100700ff": 0.3}]},
                step | {"time": "2026-09-03T11:00:00Z", "data": [{"0100010800ff": 0.5}, {"0100020700ff": 0.1}]},
                step | {"time": "2026-09-04T11:00:00Z", "data": [], "slots": 0},
            ],
            "next": None,
        }
        text = await day.read("/measurements?span=month&on=2026-09-30")
        assert 'data-drawn="1.75" data-power="0.1"' in text
        assert ENGLISH.say("frame.as_of", moment=ENGLISH.moment(AT)) in text
        day.cloud_is_away = True
        day.clock.set(AT + timedelta(hours=25))
        text = await day.read("/measurements?span=month&on=2026-09-30")
        assert 'data-drawn="1.75"' in text
        assert ENGLISH.say("frame.away") in text

    @pytest.mark.parametrize(("unit", "step"), [(Unit.DAY, "hour"), (Unit.MONTH, "hour"), (Unit.YEAR, "day")])
    async def test_what_the_cloud_knows_in_part_is_asked_for_by_quarters(
        self, day: Home, unit: Unit, step: str
    ) -> None:
        on = date(2025, 9, 3)
        span = Span.around(unit, on)
        part = {"meter": str(MT681), "slots": 3, "time": "2025-09-03T10:00:00Z", "data": [{"0100100700ff": 0.3}]}
        if unit is Unit.YEAR:
            part["time"] = "2025-09-03T00:00:00Z"
        quarter = {"meter": str(MT681), "slots": 1}
        quarters = {
            "measurements": [
                quarter | {"time": "2025-09-03T10:15:00Z", "data": [{"0100010800ff": 0.25}, {"0100100700ff": 0.6}]},
                quarter | {"time": "2025-09-03T10:30:00Z", "data": [{"0100010800ff": 0.5}, {"0100100700ff": 0.2}]},
                quarter | {"time": "2025-09-03T10:45:00Z", "data": [{"0100100700ff": 0.1}]},
            ],
            "next": None,
        }
        day.answers[cloud_path(span, step)] = {"measurements": [part], "next": None}
        day.answers[cloud_path(Span.around(Unit.DAY, on), "15min")] = quarters
        day.answers[f"household/meter/{MT681}/measurement?from={on}T00:00:00Z&to=2025-09-04T00:00:00Z&step=15min"] = (
            quarters
        )
        text = await day.read(f"/measurements?span={unit}&on={on}")
        assert "Drawn: 0.75 kWh" in text
        assert (ENGLISH.say("measurements.in_part") in text) is (unit is not Unit.DAY)

    async def test_a_device_in_anothers_place_asks_the_cloud_for_what_was_before_it(self, day: Home) -> None:
        """Consent is older than what this device keeps, and it has measured since today alone."""
        long_ago = replace(GRANTED, granted_at=AT - timedelta(days=200))
        await day.store.run(consents.remember, long_ago)
        span = Span.around(Unit.WEEK, AT.date())
        hours = {"time": "2026-11-23T10:00:00Z", "meter": str(MT681), "slots": 4, "data": [{"0100010800ff": 3}]}
        until = AT.strftime("%Y-%m-%dT%H:00:00Z")
        day.answers[cloud_path(span, end=until)] = {"measurements": [hours], "next": None}
        assert 'data-drawn="3"' in await day.read("/measurements?span=week")

    async def test_a_year_and_days_long_ago_come_from_the_cloud_too(self, day: Home) -> None:
        for address in ("span=year&on=2025-07-01", "span=day&on=2026-01-03", f"span=week&on=2026-01-03&meter={EHZ}"):
            assert ENGLISH.say("measurements.nothing") in await day.read(f"/measurements?{address}")

    async def test_the_chosen_day_stays_chosen_in_a_year(self, day: Home) -> None:
        text = await day.read("/measurements?span=year&on=2025-07-02")
        assert "span=day&amp;on=2025-07-02" in text
        assert 'value="2025-07-02"' in text

    async def test_a_month_with_power_and_no_energy_yet_is_not_called_empty(self, home: Home) -> None:
        await home.grant_here()
        await home.measured()
        text = await home.read("/measurements?span=month")
        assert ENGLISH.say("measurements.unknown") in text
        assert ENGLISH.say("measurements.nothing") not in text

    async def test_a_generation_meter_generates_and_feeds_nothing_in(self, day: Home) -> None:
        day.answers["household/meter"]["meters"][0]["type"] = "PV-GENERATION"
        await day.measured(at=AT + timedelta(minutes=75), power="-0.4")
        day.clock.set(AT + timedelta(minutes=90))
        text = await day.read("/measurements")
        assert f"400 W {ENGLISH.say('measurements.made_power')}" in text
        assert ENGLISH.say("measurements.outward") not in text

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
        assert week.name(GERMAN) == "29. Dezember – 4. Januar 2026"
        day = Span.around(Unit.DAY, date(2026, 2, 28))
        assert day.following.first == date(2026, 3, 1)
        assert (day.name(GERMAN), day.name(ENGLISH)) == ("Samstag, 28. Februar 2026", "Saturday, 28 February 2026")
        year = Span.around(Unit.YEAR, date(2026, 8, 1))
        assert len(year.edges(timedelta(minutes=15))) == 13
        assert (year.name(ENGLISH), year.row_name(year.begin, GERMAN)) == ("2026", "Januar")
        assert Span.around(Unit.MONTH, date(2026, 1, 31)).following.name(GERMAN) == "Februar 2026"
