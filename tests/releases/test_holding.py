"""Holding and retiring: what the service can do by itself, and what holders have to sign."""

import sqlite3

import pytest

from cloud_api.errors import SetupError
from cloud_api.fleet.releases.keys import Keyring
from cloud_api.fleet.releases.writing import write
from tests.releases.publishing import Publisher


def test_what_is_paused_is_held_with_its_reason_until_it_is_resumed(
    publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0")
    signed = publisher.repository.state().targets.signed.version
    assert publisher.say("pause", "0.2.0", "--reason", "EHZ meters go silent") == 0
    assert publisher.document("holds/stable.json") == {"held": {"0.2.0": "EHZ meters go silent"}}
    assert publisher.say("list") == 0
    assert "held: EHZ meters go silent" in capsys.readouterr().out
    assert publisher.say("pause", "0.2.0", "--reason", "EHZ meters go silent") == 0
    assert "held for this reason already" in capsys.readouterr().out
    assert publisher.say("resume", "0.2.0") == 0
    assert publisher.document("holds/stable.json") == {"held": {}}
    assert publisher.repository.state().targets.signed.version == signed
    assert publisher.say("resume", "0.2.0") == 0
    assert "is not held" in capsys.readouterr().out


def test_what_is_retired_is_held_at_once_and_gone_once_holders_have_signed(publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    publisher.publish("0.3.0")
    assert publisher.say("retire", "0.3.0", *publisher.holding(1)) == 0
    assert publisher.document("holds/stable.json") == {"held": {"0.3.0": "retired"}}
    assert publisher.document("channels/stable.json")["versions"] == ["0.2.0", "0.3.0"]
    assert publisher.say("sign", *publisher.holding(3)) == 0
    assert publisher.document("channels/stable.json")["versions"] == ["0.2.0"]
    assert publisher.document("releases/0.3.0.json") is None
    assert publisher.document("holds/stable.json") == {"held": {}}
    assert publisher.target("wheels/beside-1.0-py3-none-any.whl")
    with pytest.raises(KeyError):
        publisher.target("wheels/zaehlwerk-0.3.0-py3-none-any.whl")


def test_another_share_is_signed(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0", "--rollout", "10%")
    assert publisher.say("rollout", "0.2.0", "50%", *publisher.holding(1, 3)) == 0
    assert [stage["share"] for stage in publisher.document("releases/0.2.0.json")["stages"]] == [0.5]
    capsys.readouterr()
    assert publisher.say("list") == 0
    assert "  0.2.0: 50 %\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [("pause", "0.9.0"), ("resume", "0.9.0"), ("retire", "0.9.0"), ("rollout", "0.9.0", "1%")]
)
def test_a_version_that_is_none_is_named(
    publisher: Publisher, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publisher.say(*words) == 1
    assert "0.9.0: no release" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("rollout", "0.2.0", "ten"), ("rollout", "0.2.0", "101%"), ("pause", "0.2"), ("pause", "x")]
)
def test_wrong_words_are_named(
    publisher: Publisher, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    publisher.publish("0.2.0")
    with pytest.raises(SystemExit):
        publisher.say(words[0], "0.2.0.", *words[2:]) if words[1] == "0.2" else publisher.say(*words)
    assert "is no" in capsys.readouterr().err


def test_a_reason_is_one_line(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0")
    assert publisher.say("pause", "0.2.0", "--reason", "two\nlines") == 1
    assert "in one line" in capsys.readouterr().err


def test_one_proposal_waits_at_a_time(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0", holders=[1])
    assert publisher.say("rollout", "0.2.0", "50%", *publisher.holding(1, 2)) == 1
    assert "waits for the signatures of further holders" in capsys.readouterr().err
    publisher.repository.proposal.unlink()
    publisher.publish("0.3.0")
    assert publisher.document("channels/stable.json")["versions"] == ["0.3.0"]


def test_the_service_cannot_sign_for_holders(publisher: Publisher) -> None:
    publisher.publish("0.2.0")
    state, online = publisher.repository.state(), Keyring.online(publisher.folder.pki)
    state.targets.signed.version += 1
    state.targets.signatures.clear()
    for signer in online.signers.values():
        state.targets.sign(signer, append=True)
    with publisher.repository.alone(), pytest.raises(SetupError, match="signatures of further holders"):
        write(publisher.repository, online, state.timestamp.signed.expires, targets=state.targets)


def test_without_its_keys_the_service_holds_nothing(publisher: Publisher, capsys: pytest.CaptureFixture[str]) -> None:
    publisher.publish("0.2.0")
    (publisher.folder.pki / "update-holds.key").unlink()
    assert publisher.say("pause", "0.2.0") == 1
    assert "expected update-holds.key" in capsys.readouterr().err
    publisher.device().look(publisher.repository.folder)


def test_each_act_is_in_the_audit_log(publisher: Publisher) -> None:
    publisher.publish("0.2.0", holders=[1])
    assert publisher.say("sign", *publisher.holding(2)) == 0
    assert publisher.say("pause", "0.2.0") == 0
    assert publisher.say("resume", "0.2.0") == 0
    assert publisher.say("retire", "0.2.0", *publisher.holding(1, 2)) == 0
    connection = sqlite3.connect(publisher.folder.database)
    told = [row[0] for row in connection.execute("select what from audit order by number")]
    connection.close()
    assert told == [
        "repository of releases made",
        "release 0.2.0 published in the channel stable, to be signed by 1 more",
        "proposal of releases signed, it stands",
        "release 0.2.0 held: paused",
        "release 0.2.0 resumed",
        "release 0.2.0 held: retired",
        "release 0.2.0 retired, it stands",
    ]
