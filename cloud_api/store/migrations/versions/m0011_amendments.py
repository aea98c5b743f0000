"""What researchers changed of a household, and how complete its measurements are, so that lists go by it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "amendment",
        sa.Column("household", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.PrimaryKeyConstraint("household", "number", name="amendment_pk"),
        sa.ForeignKeyConstraint(["household"], ["household.uuid"], name="amendment_household_fk"),
    )
    op.add_column("household", sa.Column("completeness", sa.Float))
    op.add_column("household", sa.Column("reckoned_at", sa.BigInteger))
    op.create_index("household_completeness", "household", ["completeness", "uuid"])
    op.create_index("household_registered_at", "household", ["registered_at", "uuid"])
    if op.get_bind().dialect.name == "postgresql":  # personal, and so not to be sampled
        for column in ("before", "after"):
            op.execute(f"ALTER TABLE amendment ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    op.drop_index("household_registered_at", "household")
    op.drop_index("household_completeness", "household")
    with op.batch_alter_table("household") as household:
        household.drop_column("reckoned_at")
        household.drop_column("completeness")
    op.drop_table("amendment")
