"""Recognition: board kinds

Revision ID: 0011
Revises: 0010
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "leaderboards_profile",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile", sa.String(length=10), nullable=False),
        sa.Column("one_star", sa.Integer(), nullable=True),
        sa.Column("two_stars", sa.Integer(), nullable=True),
        sa.Column("three_stars", sa.Integer(), nullable=True),
        sa.Column("listing", sa.String(length=10), nullable=False),
        sa.Column("has_leaders", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "listing IN ('name', 'rotate')", name=op.f("ck_leaderboards_profile_listing")
        ),
        sa.CheckConstraint(
            "profile IN ('standard', 'light')", name=op.f("ck_leaderboards_profile_profile")
        ),
        sa.CheckConstraint(
            "(one_star IS NULL AND two_stars IS NULL AND three_stars IS NULL)"
            " OR (0 < one_star AND one_star < two_stars AND two_stars < three_stars)",
            name=op.f("ck_leaderboards_profile_stars"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_leaderboards_profile_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_leaderboards_profile")),
    )
    op.create_table(
        "leaderboards_renamed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_leaderboards_renamed_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboards_renamed")),
    )
    with op.batch_alter_table("leaderboards_renamed", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_renamed_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "leaderboards_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_leaderboards_campaign_days")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["accounts_person.id"],
            name=op.f("fk_leaderboards_campaign_created_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_leaderboards_campaign_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboards_campaign")),
        sa.UniqueConstraint("public_id", name=op.f("uq_leaderboards_campaign_public_id")),
    )
    with op.batch_alter_table("leaderboards_campaign", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_campaign_organisation_id_starts_on"),
            ["organisation_id", "starts_on"],
            unique=False,
        )

    op.create_table(
        "leaderboards_comparison",
        sa.Column("season_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_comparison_season_id_points_season"),
        ),
        sa.PrimaryKeyConstraint("season_id", name=op.f("pk_leaderboards_comparison")),
    )
    op.create_table(
        "leaderboards_freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("active_season_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("frozen_at", UtcDateTime(), nullable=False),
        sa.Column("reveals_at", UtcDateTime(), nullable=True),
        sa.Column("frozen_by", sa.Integer(), nullable=True),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        sa.Column("revealed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["active_season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_freeze_active_season_id_points_season"),
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by"],
            ["accounts_person.id"],
            name=op.f("fk_leaderboards_freeze_frozen_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["revealed_by"],
            ["accounts_person.id"],
            name=op.f("fk_leaderboards_freeze_revealed_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_freeze_season_id_points_season"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaderboards_freeze")),
        sa.UniqueConstraint(
            "active_season_id", name=op.f("uq_leaderboards_freeze_active_season_id")
        ),
    )
    with op.batch_alter_table("leaderboards_freeze", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_freeze_season_id"), ["season_id"], unique=False
        )

    op.create_table(
        "leaderboards_improvement",
        sa.Column("season_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bracket", sa.String(length=10), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("gain > 0", name=op.f("ck_leaderboards_improvement_gain")),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_improvement_season_id_points_season"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_leaderboards_improvement_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("season_id", "unit_id", name=op.f("pk_leaderboards_improvement")),
    )
    with op.batch_alter_table("leaderboards_improvement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_improvement_season_id_bracket_rank"),
            ["season_id", "bracket", "rank"],
            unique=False,
        )

    op.create_table(
        "leaderboards_own_rank",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_leaderboards_own_rank_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_leaderboards_own_rank")),
    )
    op.create_table(
        "leaderboards_point_count",
        sa.Column("season_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("points", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_point_count_season_id_points_season"),
        ),
        sa.PrimaryKeyConstraint("season_id", "points", name=op.f("pk_leaderboards_point_count")),
    )
    op.create_table(
        "leaderboards_campaign_standing",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bracket", sa.String(length=10), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("member_days", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["leaderboards_campaign.id"],
            name=op.f("fk_leaderboards_campaign_standing_campaign_id_leaderboards_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["org_unit.id"],
            name=op.f("fk_leaderboards_campaign_standing_unit_id_org_unit"),
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "unit_id", name=op.f("pk_leaderboards_campaign_standing")
        ),
    )
    with op.batch_alter_table("leaderboards_campaign_standing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_campaign_standing_campaign_id_bracket_rank"),
            ["campaign_id", "bracket", "rank"],
            unique=False,
        )

    op.create_table(
        "leaderboards_campaign_unit",
        sa.Column("campaign_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["leaderboards_campaign.id"],
            name=op.f("fk_leaderboards_campaign_unit_campaign_id_leaderboards_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["org_unit.id"],
            name=op.f("fk_leaderboards_campaign_unit_unit_id_org_unit"),
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "unit_id", name=op.f("pk_leaderboards_campaign_unit")
        ),
    )
    op.create_table(
        "leaderboards_frozen_standing",
        sa.Column("freeze_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bracket", sa.String(length=10), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("member_days", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("rank_before", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["freeze_id"],
            ["leaderboards_freeze.id"],
            name=op.f("fk_leaderboards_frozen_standing_freeze_id_leaderboards_freeze"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["org_unit.id"],
            name=op.f("fk_leaderboards_frozen_standing_unit_id_org_unit"),
        ),
        sa.PrimaryKeyConstraint(
            "freeze_id", "unit_id", name=op.f("pk_leaderboards_frozen_standing")
        ),
    )
    with op.batch_alter_table("leaderboards_frozen_standing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leaderboards_frozen_standing_freeze_id_bracket_rank"),
            ["freeze_id", "bracket", "rank"],
            unique=False,
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("leaderboards_frozen_standing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaderboards_frozen_standing_freeze_id_bracket_rank"))

    op.drop_table("leaderboards_frozen_standing")
    op.drop_table("leaderboards_campaign_unit")
    with op.batch_alter_table("leaderboards_campaign_standing", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_leaderboards_campaign_standing_campaign_id_bracket_rank")
        )

    op.drop_table("leaderboards_campaign_standing")
    op.drop_table("leaderboards_point_count")
    op.drop_table("leaderboards_own_rank")
    with op.batch_alter_table("leaderboards_improvement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaderboards_improvement_season_id_bracket_rank"))

    op.drop_table("leaderboards_improvement")
    with op.batch_alter_table("leaderboards_freeze", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaderboards_freeze_season_id"))

    op.drop_table("leaderboards_freeze")
    op.drop_table("leaderboards_comparison")
    with op.batch_alter_table("leaderboards_campaign", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaderboards_campaign_organisation_id_starts_on"))

    op.drop_table("leaderboards_campaign")
    with op.batch_alter_table("leaderboards_renamed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaderboards_renamed_organisation_id"))

    op.drop_table("leaderboards_renamed")
    op.drop_table("leaderboards_profile")
