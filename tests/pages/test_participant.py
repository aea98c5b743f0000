"""The participant's pages: consent, measurements, registration, meters, and what left this house."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from edge_app.model.consent import ConsentState
from edge_app.store import answers, consents, measurements, uploads
from edge_app.sync.wire import batch, packed
from edge_app.web.access.codes import Codes, normal
from edge_app.web.frame.reader import Reader
from tests.pages.home import AT, REVOKED, Home, at_home
from tests.pages.registered import registered

ENGLISH, GERMAN = Reader("en"), Reader("de")
MARKUP = "<script>alert('x')</script>\"&"


class TestConsent:
    async def test_the_text_is_shown_word_for_word_in_the_reader_s_language(self, home: Home) -> None:
        text = await home.read("/consent", "de")
        assert "Ich willige ein.\n\nDer Text.</div>" in text
        assert f'value="{"d" * 64}"' in text
        assert "I consent.\n\nThe text.</div>" in await home.read("/consent", "en")

    @pytest.mark.parametrize(("language", "reader"), [("en", ENGLISH), ("de", GERMAN)])
    async def test_that_it_is_given_once_alone_is_said_in_short_and_at_both_steps(
        self, home: Home, language: str, reader: Reader
    ) -> None:
        text = await home.read("/consent", language)
        short, step = text.split('<section aria-labelledby="decide">')
        assert reader.say("consent.end_text") in short
        assert reader.say("consent.once") in step
        await home.grant_here()
        assert reader.say("consent.will_never") in await home.read("/consent", language)

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
        removed, staying = text.split(ENGLISH.say("consent.staying"))
        for name in ("contact", "place", "plant"):
            assert ENGLISH.say(f"consent.gone_{name}") in removed
        for name in ("stays", "stays_place", "stays_plant"):
            assert ENGLISH.say(f"consent.{name}") in staying
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

    async def test_after_revoking_it_is_not_said_that_nothing_ever_left(self, home: Home) -> None:
        await home.store.run(consents.remember, REVOKED)
        text = await home.read("/uploads")
        assert ENGLISH.say("uploads.removed") in text
        assert ENGLISH.say("uploads.none") not in text

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
