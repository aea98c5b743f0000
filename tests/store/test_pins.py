"""A PIN is kept sealed, its attempts are tied to it by a token, and a new one begins afresh."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from edge_app.store import attempts, consents, identities, pins
from edge_app.store.attempts import Attempt
from edge_app.store.vault import Vault
from tests.store.values import CELLAR, GRANTED, REVOKED, ROOF, START, files_with


@pytest.fixture
def vault(path: Path) -> Vault:
    return Vault.beside(path)


def token(db: Database, vault: Vault) -> str:
    kept = pins.kept(db, vault, CELLAR)
    assert kept
    return kept.token


def fail(db: Database, vault: Vault) -> None:
    attempts.finish(db, attempts.begin(db, token(db, vault), START), result="locked", worked=False)


def test_a_pin_comes_back_for_its_own_meter_and_stands_nowhere_in_the_file(
    db: Database, vault: Vault, path: Path
) -> None:
    with db.atomic():
        pins.keep(db, vault, CELLAR, "4711")
    kept = pins.kept(db, vault, CELLAR)
    assert kept
    assert kept.text == "4711"
    assert "4711" not in repr(kept)
    assert pins.kept(db, vault, ROOF) is None
    assert files_with(path.parent, b"4711") == []
    assert files_with(path.parent, kept.token.encode())


def test_the_same_pin_stays_and_a_new_one_has_a_token_of_its_own(db: Database, vault: Vault) -> None:
    first = pins.keep(db, vault, CELLAR, "4711")
    fail(db, vault)
    assert pins.keep(db, vault, CELLAR, "4711") == first
    assert len(attempts.made(db, token(db, vault))) == 1
    assert pins.keep(db, vault, CELLAR, "4712") != first
    assert attempts.made(db, token(db, vault)) == []
    assert db.table("attempt").count == 0


def test_an_attempt_that_never_ended_is_one(db: Database, vault: Vault) -> None:
    pins.keep(db, vault, CELLAR, "4711")
    attempts.begin(db, token(db, vault), START)
    assert attempts.made(db, token(db, vault)) == [Attempt(result=None, worked=False, pardoned=False)]


def test_an_attempt_without_light_is_none(db: Database, vault: Vault) -> None:
    pins.keep(db, vault, CELLAR, "4711")
    attempts.withdraw(db, attempts.begin(db, token(db, vault), START))
    assert attempts.made(db, token(db, vault)) == []


def test_what_was_before_a_person_asked_again_is_pardoned(db: Database, vault: Vault) -> None:
    pins.keep(db, vault, CELLAR, "4711")
    pins.ask_again(db, CELLAR)
    fail(db, vault)
    pins.ask_again(db, CELLAR)
    assert [attempt.pardoned for attempt in attempts.made(db, token(db, vault))] == [True]
    fail(db, vault)
    assert [attempt.pardoned for attempt in attempts.made(db, token(db, vault))] == [True, False]


def test_a_pin_that_somebody_has_entered_is_one_that_works(db: Database, vault: Vault) -> None:
    pins.keep(db, vault, CELLAR, "4711")
    fail(db, vault)
    pins.keep_proven(db, vault, CELLAR, "4711", result="lasting", at=START)
    assert [attempt.worked for attempt in attempts.made(db, token(db, vault))] == [False, True]


def test_once_consent_is_revoked_nothing_is_kept(db: Database, vault: Vault) -> None:
    consents.remember(db, GRANTED)
    consents.remember(db, REVOKED)
    pins.keep_proven(db, vault, CELLAR, "4711", result="lasting", at=START)
    identities.heard(db, CELLAR, "0a01")
    assert pins.kept(db, vault, CELLAR) is None
    assert identities.known(db, CELLAR) is None
    assert db.table("attempt").count == 0


class TestIdentity:
    def test_the_first_one_heard_is_the_meter(self, db: Database) -> None:
        identities.heard(db, CELLAR, "0a01")
        identities.heard(db, CELLAR, "0a02")
        known = identities.known(db, CELLAR)
        assert known == identities.Identity(server_id="0a01", stranger="0a02")
        assert "0a0" not in repr(known)

    def test_its_return_ends_the_strangeness(self, db: Database) -> None:
        for server_id in ("0a01", "0a02", "0a01"):
            identities.heard(db, CELLAR, server_id)
        assert identities.known(db, CELLAR) == identities.Identity(server_id="0a01")

    def test_a_confirmed_exchange_makes_the_stranger_the_meter_and_takes_the_old_pin(
        self, db: Database, vault: Vault
    ) -> None:
        pins.keep(db, vault, CELLAR, "4711")
        pins.keep(db, vault, ROOF, "0815")
        for server_id in ("0a01", "0a02"):
            identities.heard(db, CELLAR, server_id)
        identities.confirm_exchange(db, CELLAR)
        assert identities.known(db, CELLAR) == identities.Identity(server_id="0a02")
        assert pins.kept(db, vault, CELLAR) is None
        assert pins.kept(db, vault, ROOF)

    def test_where_there_is_no_stranger_there_is_nothing_to_confirm(self, db: Database, vault: Vault) -> None:
        pins.keep(db, vault, CELLAR, "4711")
        identities.heard(db, CELLAR, "0a01")
        identities.confirm_exchange(db, CELLAR)
        assert identities.known(db, CELLAR) == identities.Identity(server_id="0a01")
        assert pins.kept(db, vault, CELLAR)
