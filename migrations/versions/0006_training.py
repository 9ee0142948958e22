"""Statutory training

Revision ID: 0006
Revises: 0008
Create Date: 2026-11-30 20:56:29.389091
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0006"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "training_course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["accounts_person.id"],
            name=op.f("fk_training_course_created_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_training_course_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_training_course_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_course")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_course_public_id")),
    )
    with op.batch_alter_table("training_course", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_course_organisation_id_unit_id"),
            ["organisation_id", "unit_id"],
            unique=False,
        )

    op.create_table(
        "training_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("legal_document", sa.String(length=100), nullable=False),
        sa.Column("legal_clause", sa.String(length=60), nullable=False),
        sa.Column("legal_words", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("complete_by", sa.Date(), nullable=True),
        sa.Column("exam", sa.Text(), nullable=False),
        sa.Column("blueprint_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('initial', 'refresher', 'special')", name=op.f("ck_training_edition_kind")
        ),
        sa.CheckConstraint(
            "legal_document <> '' AND legal_clause <> ''",
            name=op.f("ck_training_edition_legal_basis"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR blueprint_id IS NOT NULL", name=op.f("ck_training_edition_exam")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'closed')", name=op.f("ck_training_edition_state")
        ),
        sa.CheckConstraint("hours > 0", name=op.f("ck_training_edition_hours")),
        sa.CheckConstraint(
            "validity_months IS NULL OR validity_months > 0",
            name=op.f("ck_training_edition_validity"),
        ),
        sa.CheckConstraint("window_days >= 0", name=op.f("ck_training_edition_window")),
        sa.ForeignKeyConstraint(
            ["blueprint_id"],
            ["quizzes_blueprint.id"],
            name=op.f("fk_training_edition_blueprint_id_quizzes_blueprint"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["training_course.id"],
            name=op.f("fk_training_edition_course_id_training_course"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_edition")),
        sa.UniqueConstraint("blueprint_id", name=op.f("uq_training_edition_blueprint_id")),
        sa.UniqueConstraint(
            "course_id", "number", name=op.f("uq_training_edition_course_id_number")
        ),
    )
    with op.batch_alter_table("training_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_edition_state"), ["state"], unique=False)

    op.create_table(
        "training_audience",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_edition.id"],
            name=op.f("fk_training_audience_edition_id_training_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_training_audience_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("edition_id", "unit_id", name=op.f("pk_training_audience")),
    )
    with op.batch_alter_table("training_audience", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_audience_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "training_paper_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("is_passed", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_edition.id"],
            name=op.f("fk_training_paper_result_edition_id_training_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_training_paper_result_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["accounts_person.id"],
            name=op.f("fk_training_paper_result_recorded_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_paper_result")),
        sa.UniqueConstraint(
            "edition_id",
            "person_id",
            "held_on",
            name=op.f("uq_training_paper_result_edition_id_person_id_held_on"),
        ),
    )
    op.create_table(
        "training_result_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ready', 'applied', 'cancelled')", name=op.f("ck_training_result_file_state")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_edition.id"],
            name=op.f("fk_training_result_file_edition_id_training_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_training_result_file_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_result_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_result_file_public_id")),
    )
    with op.batch_alter_table("training_result_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_result_file_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_result_file_person_id_state"),
            ["person_id", "state"],
            unique=False,
        )

    op.create_table(
        "training_section",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=330), nullable=False),
        sa.Column("source_url", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_edition.id"],
            name=op.f("fk_training_section_edition_id_training_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["items_source.id"],
            name=op.f("fk_training_section_source_id_items_source"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "position", name=op.f("pk_training_section")),
    )
    op.create_table(
        "training_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("check_code", sa.String(length=24), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_training_certificate_withdrawn"),
        ),
        sa.CheckConstraint(
            "(attempt_id IS NULL) <> (paper_id IS NULL)", name=op.f("ck_training_certificate_proof")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= passed_on",
            name=op.f("ck_training_certificate_days"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quizzes_attempt.id"],
            name=op.f("fk_training_certificate_attempt_id_quizzes_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["training_course.id"],
            name=op.f("fk_training_certificate_course_id_training_course"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["training_edition.id"],
            name=op.f("fk_training_certificate_edition_id_training_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["training_paper_result.id"],
            name=op.f("fk_training_certificate_paper_id_training_paper_result"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_training_certificate_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_training_certificate_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"],
            ["accounts_person.id"],
            name=op.f("fk_training_certificate_withdrawn_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_certificate")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_training_certificate_attempt_id")),
        sa.UniqueConstraint("check_code", name=op.f("uq_training_certificate_check_code")),
        sa.UniqueConstraint("number", name=op.f("uq_training_certificate_number")),
        sa.UniqueConstraint("paper_id", name=op.f("uq_training_certificate_paper_id")),
        sa.UniqueConstraint(
            "person_id",
            "edition_id",
            "passed_on",
            name=op.f("uq_training_certificate_person_id_edition_id_passed_on"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_training_certificate_public_id")),
    )
    with op.batch_alter_table("training_certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_certificate_course_id_person_id"),
            ["course_id", "person_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_training_certificate_edition_id"), ["edition_id"], unique=False
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("training_certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_certificate_edition_id"))
        batch_op.drop_index(batch_op.f("ix_training_certificate_course_id_person_id"))

    op.drop_table("training_certificate")
    op.drop_table("training_section")
    with op.batch_alter_table("training_result_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_result_file_person_id_state"))
        batch_op.drop_index(batch_op.f("ix_training_result_file_edition_id"))

    op.drop_table("training_result_file")
    op.drop_table("training_paper_result")
    with op.batch_alter_table("training_audience", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_audience_unit_id"))

    op.drop_table("training_audience")
    with op.batch_alter_table("training_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_edition_state"))

    op.drop_table("training_edition")
    with op.batch_alter_table("training_course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_course_organisation_id_unit_id"))

    op.drop_table("training_course")
