"""Bringing the tables up to date, by Alembic, from code."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Carry out the migrations that this database has not had."""
    if MigrationContext.configure(connection).get_current_revision() != _newest():
        command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """What Alembic works with: our migrations, in the transaction of this connection."""
    settings = _settings()
    settings.attributes["connection"] = connection
    return settings


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(_settings()).get_current_head()


def _settings() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings
