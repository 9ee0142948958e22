"""The pre-shift question

Revision ID: 0008
Revises: 0005
Create Date: 2026-11-30 20:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None

HOURS = "05:30-09:00 13:30-15:30 21:30-23:30"


def upgrade() -> None:
    """Add the question of a shift, its answer, and what a display shows when."""
    op.create_table(
        "quizzes_preshift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(1), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("item_version_id", sa.Integer(), nullable=False),
        sa.Column("option_seed", sa.Integer(), nullable=False),
        sa.Column("prepared_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slot IN ('A', 'B', 'C')", name=op.f("ck_quizzes_preshift_slot")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_quizzes_preshift_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_quizzes_preshift_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_quizzes_preshift_item_id_items_item")
        ),
        sa.ForeignKeyConstraint(
            ["item_version_id"],
            ["items_version.id"],
            name=op.f("fk_quizzes_preshift_item_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_preshift")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quizzes_preshift_public_id")),
        sa.UniqueConstraint(
            "unit_id", "day", "slot", name=op.f("uq_quizzes_preshift_unit_id_day_slot")
        ),
    )
    op.create_index(op.f("ix_quizzes_preshift_day_slot"), "quizzes_preshift", ["day", "slot"])
    op.create_table(
        "quizzes_preshift_answer",
        sa.Column("preshift_id", sa.Integer(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("hands", sa.Text(), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "way IN ('tv', 'kiosk', 'paper')", name=op.f("ck_quizzes_preshift_answer_way")
        ),
        sa.ForeignKeyConstraint(
            ["preshift_id"],
            ["quizzes_preshift.id"],
            name=op.f("fk_quizzes_preshift_answer_preshift_id_quizzes_preshift"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_preshift_answer_recorded_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("preshift_id", name=op.f("pk_quizzes_preshift_answer")),
    )
    with op.batch_alter_table("boards_display") as table:
        table.add_column(sa.Column("shows", sa.String(10), nullable=False, server_default="board"))
        table.add_column(sa.Column("hours", sa.String(80), nullable=False, server_default=HOURS))
        table.create_check_constraint(
            op.f("ck_boards_display_shows"), "shows IN ('board', 'preshift', 'rotate')"
        )
    with op.batch_alter_table("boards_display") as table:
        table.alter_column("shows", server_default=None)
        table.alter_column("hours", server_default=None)


def downgrade() -> None:
    """Forget what was asked before shifts; displays show their board again."""
    with op.batch_alter_table("boards_display") as table:
        table.drop_constraint(op.f("ck_boards_display_shows"), type_="check")
        table.drop_column("hours")
        table.drop_column("shows")
    op.drop_table("quizzes_preshift_answer")
    op.drop_index(op.f("ix_quizzes_preshift_day_slot"), table_name="quizzes_preshift")
    op.drop_table("quizzes_preshift")
