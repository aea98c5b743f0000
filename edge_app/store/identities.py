"""Which meter hangs where, by its server id, so that another one in its place is noticed."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlite_utils import Database

from edge_app.model.consent import ConsentState
from edge_app.store import consents, pins


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The server id that a meter of the registration has, and the one that was heard in its place."""

    server_id: str = field(repr=False)
    stranger: str | None = field(repr=False, default=None)


def known(db: Database, meter: UUID) -> Identity | None:
    row = next(db.query("select server_id, stranger from identity where meter = ?", [str(meter)]), None)
    return Identity(**row) if row else None


def heard(db: Database, meter: UUID, server_id: str) -> None:
    """Note a server id: the first one is the meter's, another one is a stranger's."""
    if consents.current(db).state is ConsentState.REVOKED:
        return
    db.execute(
        """
        insert into identity (meter, server_id) values (:meter, :server_id)
        on conflict (meter) do update set stranger = nullif(:server_id, server_id)
        """,
        {"meter": str(meter), "server_id": server_id},
    )


def confirm_exchange(db: Database, meter: UUID) -> None:
    """A person says that the meter was exchanged: the stranger is the meter from now on, and the old PIN is gone."""
    changed = db.execute(
        "update identity set server_id = stranger, stranger = null where meter = ? and stranger is not null",
        [str(meter)],
    )
    if changed.rowcount:
        pins.forget(db, meter)


def forget_all(db: Database) -> None:
    """Consent is revoked."""
    db.execute("delete from identity")
