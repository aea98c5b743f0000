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


@migrations()
def m004_incidents(db: Database) -> None:
    """An incident stays when it is over; what the cloud has not heard of it yet waits beside it, in order."""
    db.execute("""
        create table incident (
            seq integer primary key autoincrement,
            meter text not null,
            kind text not null,
            cause text not null,
            detail text not null,
            began integer not null,
            ended integer
        ) strict
    """)
    db.execute("create unique index incident_open on incident (meter, kind) where ended is null")
    db.execute("""
        create table announcement (
            seq integer primary key autoincrement,
            incident integer not null,
            step text not null,
            refused text
        ) strict
    """)


@migrations()
def m005_pins(db: Database) -> None:
    """A PIN is sealed; its token, which says nothing of it, ties its attempts to it.

    Attempts up to `pardoned` do not count any more: a person has asked to try again.
    """
    db.execute("""
        create table pin (
            meter text primary key,
            token text not null,
            sealed blob not null,
            pardoned integer not null default 0
        ) strict
    """)
    db.execute("""
        create table attempt (
            seq integer primary key autoincrement,
            token text not null,
            began integer not null,
            result text,
            worked integer not null default 0
        ) strict
    """)


@migrations()
def m006_identities(db: Database) -> None:
    """Which meter hangs where, by its server id; and the one that has taken its place, until a person confirms it."""
    db.execute("create table identity (meter text primary key, server_id text not null, stranger text) strict")


@migrations()
def m007_what_pages_show(db: Database) -> None:
    """What the cloud last said, by what was asked; and what left this house, as it was sent."""
    db.execute("create table answer (name text primary key, text text not null, at integer not null) strict")
    db.execute("""
        create table upload (
            seq integer primary key autoincrement,
            at integer not null,
            measurements integer not null,
            size integer not null,
            content blob not null
        ) strict
    """)


@migrations()
def m008_farewell(db: Database) -> None:
    """One row, once consent is revoked: what was removed from this device."""
    db.execute("""
        create table farewell (
            id integer primary key check (id = 1),
            at integer not null,
            measurements integer not null,
            unsent integer not null,
            uploads integer not null
        ) strict
    """)


@migrations()
def m009_fittings(db: Database) -> None:
    """Which probe was set up at which meter; both may be in one place alone."""
    db.execute("""
        create table fitting (
            meter text primary key,
            model text not null,
            port text not null unique,
            share real,
            every real,
            heard_at integer,
            unlocking text,
            confirmed_at integer
        ) strict
    """)


@migrations()
def m010_slots(db: Database) -> None:
    """Why a slot has no measurement, and whether the cloud has heard it; up to where each meter was looked at."""
    db.execute("""
        create table missing (
            meter text not null,
            slot integer not null,
            reason text not null,
            told integer not null default 0,
            primary key (meter, slot)
        ) strict, without rowid
    """)
    db.execute("create table booked (meter text primary key, upto integer not null) strict")


@migrations()
def m011_undated(db: Database) -> None:
    """What was read before the time of day was known, by the monotonic clock of one start of the machine."""
    db.execute("""
        create table undated (
            boot text not null,
            meter text not null,
            slot integer not null,
            tick real not null,
            data text not null,
            primary key (boot, meter, slot)
        ) strict, without rowid
    """)
