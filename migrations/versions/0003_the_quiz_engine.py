"""The quiz engine

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-30 20:25:03
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# The built-in daily set tells everything after each response.
EVERYTHING = "verdict,explanation,key,source"
DAILY = {"sections": [{"title": "", "rules": [{"count": 5}]}], "spread_topics": True}


def fill_in() -> None:
    """Name the quiz of each attempt, and say of the daily set what it tells."""
    bind = op.get_bind()
    bind.execute(
        sa.text(
            "UPDATE quizzes_attempt SET blueprint_id ="
            " (SELECT blueprint_id FROM quizzes_form WHERE quizzes_form.id = form_id)"
        )
    )
    bind.execute(
        sa.text("UPDATE quizzes_blueprint SET rules = :rules WHERE mode = 'daily'"),
        {"rules": json.dumps(DAILY)},
    )
    bind.execute(
        sa.text(
            "UPDATE quizzes_blueprint SET created_at = :at, grace_seconds = 0,"
            " tells_during = :all, tells_after = :all, tells_closed = :all"
        ),
        {"at": datetime(2026, 11, 30, tzinfo=UTC).isoformat(sep=" "), "all": EVERYTHING},
    )
    # After going down from a later version: what the law was is gone with its column.
    bind.execute(sa.text("UPDATE quizzes_blueprint SET legal_basis = '-' WHERE mode = 'statutory'"))


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "quizzes_beat",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_quizzes_beat")),
    )
    op.create_table(
        "quizzes_accommodation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Double(), nullable=False),
        sa.Column("granted_by", sa.Integer(), nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "factor IN (0, 1.25, 1.5)", name=op.f("ck_quizzes_accommodation_factor")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_accommodation_granted_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_accommodation_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quizzes_accommodation")),
    )
    op.create_table(
        "quizzes_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_quizzes_outage_order")),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_outage_recorded_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_outage")),
        sa.UniqueConstraint(
            "began_at", "ended_at", name=op.f("uq_quizzes_outage_began_at_ended_at")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_quizzes_outage_public_id")),
    )
    op.create_table(
        "quizzes_audience",
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["quizzes_blueprint.id"],
            name=op.f("fk_quizzes_audience_blueprint_id_quizzes_blueprint"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_quizzes_audience_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint(
            "blueprint_id", "unit_id", "role", name=op.f("pk_quizzes_audience")
        ),
    )
    with op.batch_alter_table("quizzes_audience", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quizzes_audience_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "quizzes_credit",
        sa.Column("outage_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_quizzes_credit_attempt_id_quizzes_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["outage_id"],
            ["quizzes_outage.id"],
            name=op.f("fk_quizzes_credit_outage_id_quizzes_outage"),
        ),
        sa.PrimaryKeyConstraint("outage_id", "attempt_id", name=op.f("pk_quizzes_credit")),
    )
    with op.batch_alter_table("quizzes_credit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_credit_attempt_id"), ["attempt_id"], unique=False
        )

    op.create_table(
        "quizzes_revision",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("submission_uuid", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_quizzes_revision_attempt_id_quizzes_attempt"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", "submission_uuid", name=op.f("pk_quizzes_revision")),
    )
    with op.batch_alter_table("quizzes_attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("blueprint_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("grace_seconds", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("is_timed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("credited_seconds", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("flags", sa.String(length=400), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("is_passed", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("awaits_marking", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_attempt_person_id_id"), ["person_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_attempt_is_timed_deadline_at"),
            ["is_timed", "deadline_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_attempt_blueprint_id_person_id"),
            ["blueprint_id", "person_id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_quizzes_attempt_blueprint_id_quizzes_blueprint"),
            "quizzes_blueprint",
            ["blueprint_id"],
            ["id"],
        )

    with op.batch_alter_table("quizzes_blueprint", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("state", sa.String(length=10), nullable=False, server_default="published")
        )
        batch_op.add_column(sa.Column("opens_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("closes_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("limit_seconds", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("grace_seconds", sa.Integer(), nullable=False, server_default="60")
        )
        batch_op.add_column(sa.Column("attempts_allowed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cut_score", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column("tells_during", sa.String(length=60), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("tells_after", sa.String(length=60), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("tells_closed", sa.String(length=60), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("markers", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(
            sa.Column("legal_basis", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("created_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("published_at", UtcDateTime(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_quizzes_blueprint_organisation_id_state_closes_at"),
            ["organisation_id", "state", "closes_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_quizzes_blueprint_unit_id"), ["unit_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_quizzes_blueprint_author_id_accounts_person"),
            "accounts_person",
            ["author_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_quizzes_blueprint_unit_id_org_unit"), "org_unit", ["unit_id"], ["id"]
        )

    with op.batch_alter_table("quizzes_form_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("section", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=10), nullable=False, server_default="new")
        )

    with op.batch_alter_table("quizzes_response", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sequence", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("is_confident", sa.Boolean(), nullable=True))
        batch_op.add_column(
            sa.Column("is_pending", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    fill_in()
    with op.batch_alter_table("quizzes_attempt", schema=None) as batch_op:
        batch_op.alter_column("blueprint_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("quizzes_blueprint", schema=None) as batch_op:
        batch_op.alter_column("created_at", existing_type=UtcDateTime(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_blueprint_state"), "state IN ('draft', 'published', 'closed')"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_blueprint_limit"), "limit_seconds IS NULL OR limit_seconds > 0"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_blueprint_grace"), "grace_seconds >= 0"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_blueprint_cut"),
            "cut_score IS NULL OR (cut_score >= 0 AND cut_score <= 1)",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_blueprint_legal_basis"),
            "mode <> 'statutory' OR legal_basis <> ''",
        )
    with op.batch_alter_table("quizzes_form_item", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_form_item_purpose"), "purpose IN ('new', 'review', 'retest')"
        )
    # Five million responses a day use up 32 bits in fourteen months.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("quizzes_response", "id", type_=sa.BigInteger(), existing_type=sa.Integer())
        op.alter_column(
            "quizzes_regrade", "response_id", type_=sa.BigInteger(), existing_type=sa.Integer()
        )
        op.execute("ALTER SEQUENCE IF EXISTS quizzes_response_id_seq AS bigint")


def downgrade() -> None:
    """Take the change back."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "quizzes_regrade", "response_id", type_=sa.Integer(), existing_type=sa.BigInteger()
        )
        op.alter_column("quizzes_response", "id", type_=sa.Integer(), existing_type=sa.BigInteger())
    with op.batch_alter_table("quizzes_form_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_quizzes_form_item_purpose"), type_="check")
    with op.batch_alter_table("quizzes_blueprint", schema=None) as batch_op:
        for name in ("state", "limit", "grace", "cut", "legal_basis"):
            batch_op.drop_constraint(batch_op.f(f"ck_quizzes_blueprint_{name}"), type_="check")
    with op.batch_alter_table("quizzes_response", schema=None) as batch_op:
        batch_op.drop_column("is_pending")
        batch_op.drop_column("is_confident")
        batch_op.drop_column("sequence")

    with op.batch_alter_table("quizzes_form_item", schema=None) as batch_op:
        batch_op.drop_column("purpose")
        batch_op.drop_column("section")

    with op.batch_alter_table("quizzes_blueprint", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_quizzes_blueprint_unit_id_org_unit"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_quizzes_blueprint_author_id_accounts_person"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_quizzes_blueprint_unit_id"))
        batch_op.drop_index(batch_op.f("ix_quizzes_blueprint_organisation_id_state_closes_at"))
        batch_op.drop_column("published_at")
        batch_op.drop_column("created_at")
        batch_op.drop_column("revision")
        batch_op.drop_column("legal_basis")
        batch_op.drop_column("markers")
        batch_op.drop_column("tells_closed")
        batch_op.drop_column("tells_after")
        batch_op.drop_column("tells_during")
        batch_op.drop_column("cut_score")
        batch_op.drop_column("attempts_allowed")
        batch_op.drop_column("grace_seconds")
        batch_op.drop_column("limit_seconds")
        batch_op.drop_column("closes_at")
        batch_op.drop_column("opens_at")
        batch_op.drop_column("state")
        batch_op.drop_column("author_id")
        batch_op.drop_column("unit_id")

    with op.batch_alter_table("quizzes_attempt", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_quizzes_attempt_blueprint_id_quizzes_blueprint"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_quizzes_attempt_person_id_id"))
        batch_op.drop_index(batch_op.f("ix_quizzes_attempt_is_timed_deadline_at"))
        batch_op.drop_index(batch_op.f("ix_quizzes_attempt_blueprint_id_person_id"))
        batch_op.drop_column("awaits_marking")
        batch_op.drop_column("is_passed")
        batch_op.drop_column("flags")
        batch_op.drop_column("credited_seconds")
        batch_op.drop_column("is_timed")
        batch_op.drop_column("grace_seconds")
        batch_op.drop_column("number")
        batch_op.drop_column("blueprint_id")

    op.drop_table("quizzes_revision")
    with op.batch_alter_table("quizzes_credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_credit_attempt_id"))

    op.drop_table("quizzes_credit")
    with op.batch_alter_table("quizzes_audience", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_audience_unit_id"))

    op.drop_table("quizzes_audience")
    op.drop_table("quizzes_outage")
    op.drop_table("quizzes_accommodation")
    op.drop_table("quizzes_beat")
