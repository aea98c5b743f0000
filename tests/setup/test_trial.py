"""Every ending of the test says what it is and what to try next; one that waits comes on by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from edge_app.errors import ForbiddenError, RefusedError, UnreachableError
from edge_app.setup.trial import RECENT, Stage
from edge_app.setup.trials import AGAIN
from edge_app.store import fittings
from edge_app.web.frame.reader import Reader
from tests.pages.conftest import home
from tests.pages.home import AT, GRANTED, MT681, NOT_GRANTED, REVOKED, Home
from tests.pages.workbench import Said
from tests.waiting import until

__all__ = ["home"]
PORT = "/dev/probe"
TRIAL = f"/setup/trial?port={PORT}"
ENGLISH, GERMAN = Reader("en"), Reader("de")


def with_(**changes: object) -> Callable[[Said], None]:
    def change(said: Said) -> None:
        for name, value in {"consent_is": GRANTED, **changes}.items():
            setattr(said, name, value)

    return change


ENDINGS = {
    Stage.AWAY: with_(consent_is=UnreachableError("nobody answers")),
    Stage.FORBIDDEN: with_(consent_is=ForbiddenError("the certificate is denied")),
    Stage.NO_CONSENT: with_(consent_is=NOT_GRANTED),
    Stage.CLOCK: with_(knows_the_time=False),
    Stage.REFUSED: with_(takes=RefusedError("no such meter")),
    Stage.LOST: with_(returns=False),
    Stage.CONFIRMED: with_(),
}


async def tried(home: Home, stage: Stage) -> str:
    """Press the button; the page once it tells this ending."""
    await home.store.run(fittings.fit, MT681, "MT681", PORT)
    await (await home.send(TRIAL, of=TRIAL)).release()
    return await until_it_says(home, ENGLISH.say(f"setup.trial_{stage}"))


async def until_it_says(home: Home, what: str) -> str:
    text = ""
    for _ in range(500):
        if what in (text := await home.read(TRIAL)):
            return text
    raise AssertionError(text)


@pytest.mark.parametrize("stage", ENDINGS)
async def test_it_says_what_to_try_next(home: Home, stage: Stage) -> None:
    ENDINGS[stage](home.said)
    await home.measured()
    text = await tried(home, stage)
    if stage is Stage.CONFIRMED:
        assert ENGLISH.say("setup.trial_measured", moment=ENGLISH.moment(AT)) in text
        assert ENGLISH.say("setup.to_slip") in text
    else:
        assert ENGLISH.say(f"setup.trial_{stage}_try") in text
        assert GERMAN.say(f"setup.trial_{stage}_try") in await home.read(TRIAL, "de")


async def test_once_consent_is_revoked_it_leads_to_what_becomes_of_the_device(home: Home) -> None:
    await home.store.run(fittings.fit, MT681, "MT681", PORT)
    home.said.consent_is = REVOKED
    await home.gate.set(GRANTED)
    await (await home.send(TRIAL, of=TRIAL)).release()
    text = await until_it_says(home, ENGLISH.say("setup.trial_revoked_try"))
    assert ENGLISH.say("setup.trial_revoked") in text


async def test_a_test_that_waits_for_the_first_measurement_comes_on_by_itself(home: Home) -> None:
    home.said.consent_is = GRANTED
    text = await tried(home, Stage.WAITING)
    assert ENGLISH.say("setup.trial_waiting_try") in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert ENGLISH.say("setup.again") not in text
    await home.measured()
    await home.clock.advance(AGAIN)
    await until(lambda: bool(home.said.sent), seconds=30)
    text = await tried(home, Stage.CONFIRMED)
    assert "refresh" not in text


async def test_a_test_that_waits_in_vain_ends_and_can_be_begun_again(home: Home) -> None:
    home.said.consent_is = GRANTED
    await tried(home, Stage.WAITING)
    home.clock.set(AT + timedelta(hours=1))
    for _ in range(int(RECENT.total_seconds() / AGAIN) + 2):
        await home.clock.advance(AGAIN)
    await until_it_says(home, ENGLISH.say("setup.again"))


async def test_setting_a_meter_up_anew_forgets_its_test(home: Home) -> None:
    home.answers["household/meter"] = {"meters": [{"uuid": str(MT681), "model_number": "MT681", "type": "ELECTRICITY"}]}
    home.said.consent_is = GRANTED
    await tried(home, Stage.WAITING)
    head = f"/setup/head?port={PORT}"
    await (await home.send(head, of=head, model="MT681", meter=str(MT681))).release()
    text = await home.read(TRIAL)
    assert ENGLISH.say("setup.test_now") in text
    assert ENGLISH.say("setup.trial_waiting") not in text
