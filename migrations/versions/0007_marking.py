"""Marking

Revision ID: 0007
Revises: 0004
Create Date: 2026-11-30 20:43:53
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "quizzes_settlement",
        sa.Column("attempt_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_quizzes_settlement_attempt_id_quizzes_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_settlement_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_quizzes_settlement")),
    )
    with op.batch_alter_table("quizzes_settlement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_settlement_person_id_seen_at"),
            ["person_id", "seen_at"],
            unique=False,
        )

    op.create_table(
        "quizzes_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (handled_at IS NULL)", name=op.f("ck_quizzes_appeal_handled")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'declined')", name=op.f("ck_quizzes_appeal_state")
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["quizzes_blueprint.id"],
            name=op.f("fk_quizzes_appeal_blueprint_id_quizzes_blueprint"),
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_appeal_handler_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_appeal_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["quizzes_response.id"],
            name=op.f("fk_quizzes_appeal_response_id_quizzes_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_appeal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quizzes_appeal_public_id")),
        sa.UniqueConstraint("response_id", name=op.f("uq_quizzes_appeal_response_id")),
    )
    with op.batch_alter_table("quizzes_appeal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_appeal_blueprint_id_state"),
            ["blueprint_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_appeal_person_id_state"), ["person_id", "state"], unique=False
        )

    op.create_table(
        "quizzes_mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("round", sa.String(length=12), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "round IN ('first', 'second', 'adjudication', 'appeal')",
            name=op.f("ck_quizzes_mark_round"),
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_mark_marker_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["quizzes_response.id"],
            name=op.f("fk_quizzes_mark_response_id_quizzes_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_mark")),
        sa.UniqueConstraint(
            "response_id", "marker_id", name=op.f("uq_quizzes_mark_response_id_marker_id")
        ),
        sa.UniqueConstraint("response_id", "round", name=op.f("uq_quizzes_mark_response_id_round")),
    )
    with op.batch_alter_table("quizzes_mark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_mark_marker_id_at"), ["marker_id", "at"], unique=False
        )

    op.create_table(
        "quizzes_script",
        sa.Column(
            "response_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('first', 'second', 'adjudication', 'done', 'settled')",
            name=op.f("ck_quizzes_script_stage"),
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (claimed_at IS NULL)", name=op.f("ck_quizzes_script_claim")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_quizzes_script_attempt_id_quizzes_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["quizzes_blueprint.id"],
            name=op.f("fk_quizzes_script_blueprint_id_quizzes_blueprint"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_script_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["quizzes_response.id"],
            name=op.f("fk_quizzes_script_response_id_quizzes_response"),
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_quizzes_script")),
        sa.UniqueConstraint("public_id", name=op.f("uq_quizzes_script_public_id")),
    )
    with op.batch_alter_table("quizzes_script", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_script_attempt_id"), ["attempt_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_script_blueprint_id_stage_place"),
            ["blueprint_id", "stage", "place"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_script_stage_marked_at"), ["stage", "marked_at"], unique=False
        )

    with op.batch_alter_table("quizzes_regrade", schema=None) as batch_op:
        batch_op.add_column(sa.Column("appeal_id", sa.Integer(), nullable=True))
        batch_op.alter_column("correction_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_quizzes_regrade_appeal_id"), ["appeal_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_quizzes_regrade_appeal_id_quizzes_appeal"),
            "quizzes_appeal",
            ["appeal_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_quizzes_regrade_cause"), "(correction_id IS NULL) <> (appeal_id IS NULL)"
        )


def downgrade() -> None:
    """Take the change back; what appeals gained is lost with them."""
    op.execute("DELETE FROM quizzes_regrade WHERE appeal_id IS NOT NULL")
    with op.batch_alter_table("quizzes_regrade", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_quizzes_regrade_cause"), type_="check")
        batch_op.drop_constraint(
            batch_op.f("fk_quizzes_regrade_appeal_id_quizzes_appeal"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("uq_quizzes_regrade_appeal_id"), type_="unique")
        batch_op.alter_column("correction_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("appeal_id")

    with op.batch_alter_table("quizzes_script", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_script_stage_marked_at"))
        batch_op.drop_index(batch_op.f("ix_quizzes_script_blueprint_id_stage_place"))
        batch_op.drop_index(batch_op.f("ix_quizzes_script_attempt_id"))

    op.drop_table("quizzes_script")
    with op.batch_alter_table("quizzes_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_mark_marker_id_at"))

    op.drop_table("quizzes_mark")
    with op.batch_alter_table("quizzes_appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_appeal_person_id_state"))
        batch_op.drop_index(batch_op.f("ix_quizzes_appeal_blueprint_id_state"))

    op.drop_table("quizzes_appeal")
    with op.batch_alter_table("quizzes_settlement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_settlement_person_id_seen_at"))

    op.drop_table("quizzes_settlement")
