"""What each person still knows

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-30 20:55:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "mastery_setting",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asks_confidence", sa.Boolean(), nullable=False),
        sa.Column("pauses_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_mastery_setting_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mastery_setting")),
    )
    op.create_table(
        "mastery_retest",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= people AND people <= answered", name=op.f("ck_mastery_retest_people")
        ),
        sa.CheckConstraint(
            "0 <= correct AND correct <= answered", name=op.f("ck_mastery_retest_correct")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_mastery_retest_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("unit_id", "month", name=op.f("pk_mastery_retest")),
    )
    op.create_index(op.f("ix_mastery_retest_month"), "mastery_retest", ["month"], unique=False)
    op.create_table(
        "mastery_card",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.Double(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("last_seen_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("last_rating", sa.Integer(), nullable=True),
        sa.Column("reps", sa.Integer(), nullable=False),
        sa.Column("lapses", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("is_mistake", sa.Boolean(), nullable=False),
        sa.Column("mastered_on", sa.Date(), nullable=True),
        sa.Column("retested_on", sa.Date(), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "stability IS NULL OR stability > 0", name=op.f("ck_mastery_card_stability")
        ),
        sa.CheckConstraint(
            "(stability IS NULL) = (due_on IS NULL)", name=op.f("ck_mastery_card_due")
        ),
        sa.CheckConstraint(
            "NOT is_mistake OR mastered_on IS NULL", name=op.f("ck_mastery_card_mastered")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_mastery_card_item_id_items_item")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_mastery_card_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_mastery_card_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("person_id", "item_id", name=op.f("pk_mastery_card")),
    )
    for columns in (
        ["person_id", "due_on"],
        ["person_id", "last_seen_on"],
        ["person_id", "is_mistake", "due_on"],
    ):
        op.create_index(
            op.f(f"ix_mastery_card_{'_'.join(columns)}"), "mastery_card", columns, unique=False
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("mastery_card")
    op.drop_table("mastery_retest")
    op.drop_table("mastery_setting")
