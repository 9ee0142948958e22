"""Tasks: assignments, whom they are for, who has done them, what was put aside

Revision ID: 0005
Revises: 0007
Create Date: 2026-11-30 20:50:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "agenda_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "wish IN ('voluntary', 'recommended', 'statutory')",
            name=op.f("ck_agenda_assignment_wish"),
        ),
        sa.CheckConstraint(
            "wish <> 'statutory' OR legal_basis <> ''",
            name=op.f("ck_agenda_assignment_legal_basis"),
        ),
        sa.CheckConstraint("done >= 0", name=op.f("ck_agenda_assignment_done")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_agenda_assignment_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by"],
            ["accounts_person.id"],
            name=op.f("fk_agenda_assignment_assigned_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_agenda_assignment_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_assignment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agenda_assignment_public_id")),
    )
    with op.batch_alter_table("agenda_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agenda_assignment_organisation_id_due_on"),
            ["organisation_id", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_assignment_assigned_by_due_on"),
            ["assigned_by", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_assignment_unit_id_due_on"), ["unit_id", "due_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_assignment_subject_id"), ["subject_id"], unique=False
        )

    op.create_table(
        "agenda_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('unit', 'person')", name=op.f("ck_agenda_target_kind")),
        sa.CheckConstraint(
            "(kind = 'unit') = (unit_id IS NOT NULL)", name=op.f("ck_agenda_target_unit")
        ),
        sa.CheckConstraint(
            "(kind = 'person') = (person_id IS NOT NULL)", name=op.f("ck_agenda_target_person")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["agenda_assignment.id"],
            name=op.f("fk_agenda_target_assignment_id_agenda_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_agenda_target_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_agenda_target_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_target")),
        sa.UniqueConstraint(
            "assignment_id", "unit_id", name=op.f("uq_agenda_target_assignment_id_unit_id")
        ),
        sa.UniqueConstraint(
            "assignment_id", "person_id", name=op.f("uq_agenda_target_assignment_id_person_id")
        ),
    )
    with op.batch_alter_table("agenda_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_agenda_target_unit_id_due_on"), ["unit_id", "due_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_target_person_id_due_on"), ["person_id", "due_on"], unique=False
        )

    op.create_table(
        "agenda_done",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["agenda_assignment.id"],
            name=op.f("fk_agenda_done_assignment_id_agenda_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_agenda_done_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("assignment_id", "person_id", name=op.f("pk_agenda_done")),
    )
    with op.batch_alter_table("agenda_done", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_done_person_id"), ["person_id"], unique=False)

    op.create_table(
        "agenda_aside",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["agenda_assignment.id"],
            name=op.f("fk_agenda_aside_assignment_id_agenda_assignment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_agenda_aside_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("assignment_id", "person_id", name=op.f("pk_agenda_aside")),
    )
    with op.batch_alter_table("agenda_aside", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_aside_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("agenda_aside")
    op.drop_table("agenda_done")
    op.drop_table("agenda_target")
    op.drop_table("agenda_assignment")
