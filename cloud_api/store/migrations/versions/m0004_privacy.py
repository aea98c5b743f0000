"""Consent texts that are kept, geodata, and how exactly a location is known."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

FIRST_VERSION, FIRST_DAY = "2026-11", 1_793_491_200_000_000  # 1 November 2026
FIRST_TEXTS = {
    "de": (
        "Mit Ihrer Einwilligung misst dieses Gerät jede Viertelstunde Ihre Zähler und sendet die Messungen "
        "verschlüsselt an die Forschungsgruppe. Sie können sie einmal erteilen und einmal widerrufen. Nach dem "
        "Widerruf wird nichts mehr gemessen, und Ihre Angaben werden für immer anonymisiert."
    ),
    "en": (
        "With your consent this device measures your meters every quarter of an hour and sends the measurements, "
        "encrypted, to the research group. You can give it once and revoke it once. After you revoke it, nothing is "
        "measured any more, and your details are anonymised for good."
    ),
}


def upgrade() -> None:
    op.add_column("consent", sa.Column("text_sha256", sa.String(64)))
    op.add_column("location", sa.Column("precision", sa.String(16), nullable=False, server_default="manual"))
    op.add_column("location", sa.Column("region", sa.String(5)))
    op.create_table(
        "geodata",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("imported_at", sa.BigInteger, nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("attributions", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="geodata_pk"),
    )
    texts = op.create_table(
        "consent_text",
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("version", "language", name="consent_text_pk"),
    )
    op.bulk_insert(
        texts,
        [
            {
                "version": FIRST_VERSION,
                "language": language,
                "sha256": hashlib.sha256(content.encode()).hexdigest(),
                "content": content,
                "added_at": FIRST_DAY,
            }
            for language, content in FIRST_TEXTS.items()
        ],
    )


def downgrade() -> None:
    op.drop_table("consent_text")
    op.drop_table("geodata")
    op.drop_column("location", "region")
    op.drop_column("location", "precision")
    op.drop_column("consent", "text_sha256")
