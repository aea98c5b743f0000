"""What the device remembers of the consent."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from edge_app.model.consent import NOT_GRANTED, Consent
from edge_app.store import consents
from tests.store.values import GRANTED, REVOKED


def test_a_new_device_knows_of_no_consent(db: Database) -> None:
    assert consents.current(db) == NOT_GRANTED


def test_a_consent_comes_back_with_its_moments(db: Database) -> None:
    for consent in (GRANTED, REVOKED):
        assert consents.remember(db, consent) == consent
        assert consents.current(db) == consent


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.sampled_from([NOT_GRANTED, GRANTED, REVOKED]), min_size=1))
def test_consent_only_goes_forward_and_revoked_is_for_good(db: Database, told: list[Consent]) -> None:
    db.execute("delete from consent")
    furthest = NOT_GRANTED
    for consent in told:
        furthest = max(furthest, consent, key=[NOT_GRANTED, GRANTED, REVOKED].index)
        assert consents.remember(db, consent) == furthest
    assert consents.current(db) == furthest
