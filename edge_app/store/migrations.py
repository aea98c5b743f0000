"""The diary of the tables: a released step stays as it is, the next one corrects it."""

from sqlite_utils import Database, Migrations

migrations = Migrations("edge_app")


@migrations()
def m001_measurements(db: Database) -> None:
    """Rows are inserted once and never changed; what became of them is noted beside them.

    A `seq` is never used twice (autoincrement), or a new measurement could hide below a mark that an old one left.
    """
    db.execute("""
        create table measurement (
            seq integer primary key autoincrement,
            meter text not null,
            slot integer not null,
            time integer not null,
            data text not null,
            unique (meter, slot)
        ) strict
    """)
    # The cloud holds every measurement up to `upto`, except those set aside, since `at`.
    db.execute("create table confirmation (upto integer primary key, at integer not null) strict")
    db.execute("create table set_aside (seq integer primary key, reason text not null, at integer not null) strict")
    # The newest slot of each meter that was forgotten: slots up to it were filled and are filled no more.
    db.execute("create table forgotten (meter text primary key, slot integer not null) strict")


@migrations()
def m002_consent(db: Database) -> None:
    """One row: where the consent stands."""
    db.execute("""
        create table consent (
            id integer primary key check (id = 1),
            state text not null,
            granted_at integer,
            revoked_at integer,
            text_version text
        ) strict
    """)


@migrations()
def m003_contact(db: Database) -> None:
    """One row: when the cloud last answered, and what went wrong since."""
    db.execute("""
        create table contact (
            id integer primary key check (id = 1),
            answered_at integer,
            error text,
            error_at integer
        ) strict
    """)
    db.execute("insert into contact (id) values (1)")
