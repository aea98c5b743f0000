"""What the status page is told about the cloud."""

from datetime import timedelta

from sqlite_utils import Database

from edge_app.store import contacts, measurements
from tests.store.values import START, measurement


def test_before_any_contact_there_is_nothing_to_tell(db: Database) -> None:
    assert contacts.status(db) == contacts.Status(answered_at=None, error=None, error_at=None, waiting=0, set_aside=0)


def test_an_error_stands_until_the_cloud_answers(db: Database) -> None:
    for slot in range(3):
        measurements.keep(db, measurement(slot))
    measurements.set_aside(db, [1], "422", START)
    later = START + timedelta(hours=1)
    contacts.answered(db, START)
    contacts.failed(db, "nobody answers", later)
    assert contacts.status(db) == contacts.Status(
        answered_at=START, error="nobody answers", error_at=later, waiting=2, set_aside=1
    )

    contacts.answered(db, later)
    assert contacts.status(db).answered_at == later
    assert contacts.status(db).error is None
