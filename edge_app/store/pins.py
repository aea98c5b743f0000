"""The PINs of meters: sealed, one a meter, each with a token of its own."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.consent import ConsentState
from edge_app.store import attempts, consents
from edge_app.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPin:
    """A PIN that was kept, by the token to which its attempts refer."""

    token: str
    text: str = field(repr=False)


def keep(db: Database, vault: Vault, meter: UUID, text: str) -> str | None:
    """Keep a meter's PIN and give its token, a new one for a new PIN. Once consent is revoked nothing is kept."""
    if consents.current(db).state is ConsentState.REVOKED:
        return None
    known = kept(db, vault, meter)
    if known and known.text == text:
        return known.token
    forget(db, meter)
    token = secrets.token_hex(16)
    db.execute("insert into pin (meter, token, sealed) values (?, ?, ?)", [str(meter), token, vault.seal(text)])
    return token


def keep_proven(db: Database, vault: Vault, meter: UUID, text: str, *, result: str, at: datetime) -> None:
    """Keep a PIN that somebody has just entered with success."""
    token = keep(db, vault, meter, text)
    if token:
        attempts.finish(db, attempts.begin(db, token, at), result=result, worked=True)


def kept(db: Database, vault: Vault, meter: UUID) -> KeptPin | None:
    """A meter's PIN; None where none was kept, or where it was sealed with a key that is gone."""
    row = next(db.query("select token, sealed from pin where meter = ?", [str(meter)]), None)
    text = vault.unseal(row["sealed"]) if row else None
    return KeptPin(token=row["token"], text=text) if row and text is not None else None


def ask_again(db: Database, meter: UUID) -> None:
    """A person wants the device to try once more: attempts so far do not count."""
    db.execute(
        """
        update pin set pardoned = coalesce((select max(seq) from attempt where attempt.token = pin.token), 0)
        where meter = ?
        """,
        [str(meter)],
    )


def forget(db: Database, meter: UUID) -> None:
    db.execute("delete from attempt where token in (select token from pin where meter = ?)", [str(meter)])
    db.execute("delete from pin where meter = ?", [str(meter)])


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from attempt")
    db.execute("delete from pin")
