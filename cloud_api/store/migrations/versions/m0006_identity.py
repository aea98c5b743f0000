"""Certificates that end or follow one another, refused attempts, and the audit log, to which is only ever added."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "replaces": sa.String(40),
    "first_used_at": sa.BigInteger(),
    "denied_at": sa.BigInteger(),
    "denied_because": sa.String(16),
}
ONLY_ADDED = "nothing in the audit log is changed"


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("certificate", sa.Column(name, kind))
    op.create_table(
        "refusal",
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("who", "why", name="refusal_pk"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("household", sa.Uuid),
        sa.Column("subject", sa.Uuid),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="audit_pk"),
    )
    op.create_index("audit_household", "audit", ["household"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{ONLY_ADDED}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()"
        )
    else:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END"
            )


def downgrade() -> None:
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_stays()")
    op.drop_table("refusal")
    with op.batch_alter_table("certificate") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
