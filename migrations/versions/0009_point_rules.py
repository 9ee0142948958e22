"""Rules of points that organisations write, reasons of corrections, a ledger that only grows

Revision ID: 0009
Revises: 0006
Create Date: 2026-12-01 05:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

REFUSAL = "the ledger only grows: write a correction"
ON_POSTGRESQL = f"""
CREATE FUNCTION points_entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}';
END $$;
CREATE TRIGGER points_entry_keeps BEFORE UPDATE OR DELETE ON points_entry
    FOR EACH STATEMENT EXECUTE FUNCTION points_entry_keeps();
"""
ON_SQLITE = [
    f"""
    CREATE TRIGGER points_entry_keeps_{deed} BEFORE {deed} ON points_entry
    BEGIN
        SELECT RAISE(ABORT, '{REFUSAL}');
    END
    """
    for deed in ("update", "delete")
]


def upgrade() -> None:
    """Add stored rules and the reason of a correction; then close the ledger against changes.

    On SQLite a later change of this table in batch mode makes it anew and loses the triggers: such
    a migration has to make them again.
    """
    op.create_table(
        "points_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("day_limit", sa.Integer(), nullable=False),
        sa.Column("week_limit", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_points_rules_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["accounts_person.id"],
            name=op.f("fk_points_rules_author_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_rules")),
        sa.UniqueConstraint(
            "organisation_id", "version", name=op.f("uq_points_rules_organisation_id_version")
        ),
        sa.UniqueConstraint(
            "organisation_id", "since", name=op.f("uq_points_rules_organisation_id_since")
        ),
    )
    op.add_column("points_entry", sa.Column("note", sa.String(200), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(ON_POSTGRESQL)
    else:
        for trigger in ON_SQLITE:
            op.execute(trigger)


def downgrade() -> None:
    """Open the ledger again; reasons of corrections and stored rules are lost."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER points_entry_keeps ON points_entry")
        op.execute("DROP FUNCTION points_entry_keeps()")
    else:
        for deed in ("update", "delete"):
            op.execute(f"DROP TRIGGER points_entry_keeps_{deed}")
    with op.batch_alter_table("points_entry") as table:
        table.drop_column("note")
    op.drop_table("points_rules")
