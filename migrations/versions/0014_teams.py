"""Recognition: teams

Revision ID: 0014
Revises: 0013
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["accounts_person.id"], name=op.f(f"fk_{table}_{column}_accounts_person")
    )


def upgrade() -> None:
    """Add shared goals of teams, who put a celebration away, and thanks."""
    op.create_table(
        "teams_goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(24), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(40), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('points', 'weeks', 'preshift')", name=op.f("ck_teams_goal_kind")
        ),
        sa.CheckConstraint("target > 0", name=op.f("ck_teams_goal_target")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_teams_goal_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["points_season.id"], name=op.f("fk_teams_goal_season_id_points_season")
        ),
        _person("teams_goal", "set_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams_goal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_teams_goal_public_id")),
    )
    op.create_index(op.f("ix_teams_goal_unit_id_season_id"), "teams_goal", ["unit_id", "season_id"])
    op.create_index(op.f("ix_teams_goal_season_id_met_on"), "teams_goal", ["season_id", "met_on"])
    op.create_table(
        "teams_cheer",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["goal_id"],
            ["teams_goal.id"],
            name=op.f("fk_teams_cheer_goal_id_teams_goal"),
            ondelete="CASCADE",
        ),
        _person("teams_cheer", "person_id"),
        sa.PrimaryKeyConstraint("goal_id", "person_id", name=op.f("pk_teams_cheer")),
    )
    op.create_table(
        "teams_thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(24), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(120), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.CheckConstraint(
            "state IN ('private', 'shared', 'reported', 'gone')", name=op.f("ck_teams_thanks_state")
        ),
        sa.CheckConstraint(
            "receiver_id IS NULL OR receiver_id <> author_id", name=op.f("ck_teams_thanks_receiver")
        ),
        sa.CheckConstraint(
            "receiver_id IS NOT NULL OR state <> 'private'", name=op.f("ck_teams_thanks_private")
        ),
        sa.CheckConstraint("(state = 'gone') = (text = '')", name=op.f("ck_teams_thanks_words")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_teams_thanks_unit_id_org_unit")
        ),
        _person("teams_thanks", "author_id"),
        _person("teams_thanks", "receiver_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams_thanks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_teams_thanks_public_id")),
    )
    op.create_index(
        op.f("ix_teams_thanks_unit_id_state_id"), "teams_thanks", ["unit_id", "state", "id"]
    )
    op.create_index(
        op.f("ix_teams_thanks_receiver_id_state"), "teams_thanks", ["receiver_id", "state"]
    )
    op.create_index(
        op.f("ix_teams_thanks_author_id_given_on"), "teams_thanks", ["author_id", "given_on"]
    )


def downgrade() -> None:
    """Take goals, celebrations and thanks away."""
    op.drop_table("teams_thanks")
    op.drop_table("teams_cheer")
    op.drop_table("teams_goal")
