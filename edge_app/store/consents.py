"""The household's consent as the device knows it, also while the cloud is away."""

from sqlite_utils import Database

from edge_app.model.consent import NOT_GRANTED, Consent, ConsentState
from edge_app.store.moments import to_micros, to_moment


def current(db: Database) -> Consent:
    row = next(db.query("select * from consent"), None)
    if row is None:
        return NOT_GRANTED
    return Consent(
        state=ConsentState(row["state"]),
        granted_at=to_moment(row["granted_at"]),
        revoked_at=to_moment(row["revoked_at"]),
        text_version=row["text_version"],
    )


def remember(db: Database, consent: Consent) -> Consent:
    """Take a consent over if it leads forward; returns the one that stands. Revoked is for good."""
    known = current(db)
    if not known.may_become(consent):
        return known
    db.execute(
        "insert or replace into consent (id, state, granted_at, revoked_at, text_version) values (1, ?, ?, ?, ?)",
        [consent.state, to_micros(consent.granted_at), to_micros(consent.revoked_at), consent.text_version],
    )
    return consent
