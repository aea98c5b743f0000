"""Measurements lie in a table a month where the database can do that; elsewhere they stay as they are."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE measurement RENAME TO measurement_before")
    op.execute("ALTER INDEX measurement_pk RENAME TO measurement_before_pk")
    op.create_table("measurement", *_columns("measurement_pk"), postgresql_partition_by="RANGE (time)")
    op.execute("CREATE TABLE measurement_rest PARTITION OF measurement DEFAULT")
    first, last = op.get_bind().execute(sa.text("SELECT min(time), max(time) FROM measurement_before")).one()
    begin = None if first is None else _month(first)
    while begin is not None and _micros(begin) <= last:
        following = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
        op.execute(
            f"CREATE TABLE measurement_{begin:%Y_%m} PARTITION OF measurement "
            f"FOR VALUES FROM ({_micros(begin)}) TO ({_micros(following)})"
        )
        begin = following
    op.execute("INSERT INTO measurement SELECT * FROM measurement_before")
    op.drop_table("measurement_before")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table("measurement_whole", *_columns("measurement_whole_pk"))
    op.execute("INSERT INTO measurement_whole SELECT * FROM measurement")
    op.drop_table("measurement")
    op.rename_table("measurement_whole", "measurement")
    op.execute("ALTER INDEX measurement_whole_pk RENAME TO measurement_pk")


def _columns(key: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("meter", sa.Uuid, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("household", "meter", "time", name=key),
    )


def _month(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).replace(day=1, hour=0, minute=0, second=0)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000
