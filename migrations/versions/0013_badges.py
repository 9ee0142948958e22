"""Recognition: badges

Revision ID: 0013
Revises: 0012
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add badges, awards, who waits to be looked at, season places and issuer keys."""
    op.create_table(
        "badges_issuer_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges_issuer_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_badges_issuer_key_public_id")),
    )
    op.create_table(
        "badges_badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("icon", sa.String(length=20), nullable=False),
        sa.Column("tone", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("topic_name", sa.String(length=80), nullable=False),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'activity') = (activity <> '')", name=op.f("ck_badges_badge_activity")
        ),
        sa.CheckConstraint(
            "(kind = 'mastery') = (topic_id IS NOT NULL)", name=op.f("ck_badges_badge_topic")
        ),
        sa.CheckConstraint(
            "kind IN ('mastery', 'activity', 'season', 'weeks')", name=op.f("ck_badges_badge_kind")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'retired')", name=op.f("ck_badges_badge_state")
        ),
        sa.CheckConstraint("tone IN ('gold', 'brand')", name=op.f("ck_badges_badge_tone")),
        sa.CheckConstraint("number > 0", name=op.f("ck_badges_badge_number")),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["accounts_person.id"],
            name=op.f("fk_badges_badge_created_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_badges_badge_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges_badge")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_badges_badge_organisation_id_name")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_badges_badge_public_id")),
    )
    with op.batch_alter_table("badges_badge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_badges_badge_organisation_id_state"),
            ["organisation_id", "state"],
            unique=False,
        )

    op.create_table(
        "badges_season_place",
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_badges_season_place_season_id_points_season"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_badges_season_place_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("season_id", "unit_id", name=op.f("pk_badges_season_place")),
    )
    op.create_table(
        "badges_waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_badges_waiting_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges_waiting")),
    )
    op.create_table(
        "badges_award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("credential_id", sa.String(length=36), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("salt", sa.String(length=24), nullable=False),
        sa.Column("share_token", sa.String(length=40), nullable=True),
        sa.Column("shared_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", UtcDateTime(), nullable=True),
        sa.Column("state_by", sa.Integer(), nullable=True),
        sa.Column("state_reason", sa.String(length=200), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'valid') = (state_reason = '')", name=op.f("ck_badges_award_reason")
        ),
        sa.CheckConstraint(
            "state IN ('valid', 'suspended', 'revoked')", name=op.f("ck_badges_award_state")
        ),
        sa.CheckConstraint(
            "(share_token IS NULL) = (shared_at IS NULL)", name=op.f("ck_badges_award_share")
        ),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badges_badge.id"], name=op.f("fk_badges_award_badge_id_badges_badge")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_badges_award_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_badges_award_season_id_points_season"),
        ),
        sa.ForeignKeyConstraint(
            ["state_by"],
            ["accounts_person.id"],
            name=op.f("fk_badges_award_state_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badges_award")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_badges_award_credential_id")),
        sa.UniqueConstraint(
            "person_id", "badge_id", name=op.f("uq_badges_award_person_id_badge_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_badges_award_public_id")),
        sa.UniqueConstraint("share_token", name=op.f("uq_badges_award_share_token")),
    )
    with op.batch_alter_table("badges_award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badges_award_badge_id"), ["badge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badges_award_state"), ["state"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("badges_award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badges_award_state"))
        batch_op.drop_index(batch_op.f("ix_badges_award_badge_id"))

    op.drop_table("badges_award")
    op.drop_table("badges_waiting")
    op.drop_table("badges_season_place")
    with op.batch_alter_table("badges_badge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badges_badge_organisation_id_state"))

    op.drop_table("badges_badge")
    op.drop_table("badges_issuer_key")
