"""Recognition: seasons

Revision ID: 0010
Revises: 0009
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SEALED = ("leaderboards_final", "leaderboards_final_row")


def upgrade() -> None:
    """Give seasons a method and a close, and write down the boards of closed ones."""
    with op.batch_alter_table("points_season") as batch_op:
        batch_op.add_column(sa.Column("closed_at", UtcDateTime(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_points_season_method"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_points_season_method"),
            "method IN ('shrunken_mean', 'best_k', 'total')",
        )
    with op.batch_alter_table("leaderboards_standing") as batch_op:
        for name in ("best", "best_before"):
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    _create_final()
    _seal()
    _create_history()
    _create_shifts()
    _create_duty()


def _create_final() -> None:
    op.create_table(
        "leaderboards_final",
        sa.Column("season_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("season_name", sa.String(length=60), nullable=False),
        sa.Column("organisation_name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("ledger_until", UtcDateTime(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["accounts_person.id"],
            name=op.f("fk_leaderboards_final_closed_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_leaderboards_final_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_final_season_id_points_season"),
        ),
        sa.PrimaryKeyConstraint("season_id", name=op.f("pk_leaderboards_final")),
    )
    op.create_index(
        op.f("ix_leaderboards_final_organisation_id_ends_on"),
        "leaderboards_final",
        ["organisation_id", "ends_on"],
    )
    op.create_table(
        "leaderboards_final_row",
        sa.Column("season_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bracket", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("workshop", sa.String(length=80), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("member_days", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Integer(), nullable=True),
        sa.Column("units", sa.Text(), nullable=False),
        sa.CheckConstraint("rank > 0", name=op.f("ck_leaderboards_final_row_rank")),
        sa.ForeignKeyConstraint(
            ["season_id"],
            ["points_season.id"],
            name=op.f("fk_leaderboards_final_row_season_id_points_season"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["org_unit.id"],
            name=op.f("fk_leaderboards_final_row_unit_id_org_unit"),
        ),
        sa.PrimaryKeyConstraint("season_id", "unit_id", name=op.f("pk_leaderboards_final_row")),
    )
    op.create_index(
        op.f("ix_leaderboards_final_row_season_id_bracket_rank"),
        "leaderboards_final_row",
        ["season_id", "bracket", "rank"],
    )


def _seal() -> None:
    """Let the database itself refuse to change, delete or add to what was closed."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        refuse = "BEGIN SELECT RAISE(ABORT, 'a closed season is never changed'); END"
    else:
        op.execute(
            "CREATE FUNCTION leaderboards_final_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a closed season is never changed'; END $$"
        )
        refuse = "EXECUTE FUNCTION leaderboards_final_refuse()"
    for table in SEALED:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_{act.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {refuse}")
    if is_sqlite:
        op.execute(
            "CREATE TRIGGER leaderboards_final_row_insert BEFORE INSERT ON leaderboards_final_row "
            "FOR EACH ROW WHEN EXISTS (SELECT 1 FROM leaderboards_final f "
            f"WHERE f.season_id = NEW.season_id) {refuse}"
        )
    else:
        op.execute(
            "CREATE FUNCTION leaderboards_final_complete() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF EXISTS (SELECT 1 FROM leaderboards_final f "
            "WHERE f.season_id = NEW.season_id) THEN "
            "RAISE EXCEPTION 'a closed season is never changed'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER leaderboards_final_row_insert BEFORE INSERT ON leaderboards_final_row "
            "FOR EACH ROW EXECUTE FUNCTION leaderboards_final_complete()"
        )


def _create_history() -> None:
    op.create_table(
        "org_unit_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "change IN ('renamed', 'moved', 'merged', 'split')",
            name=op.f("ck_org_unit_history_change"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_org_unit_history_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["org_unit.id"], name=op.f("fk_org_unit_history_other_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_unit_history")),
    )
    for columns in (["unit_id", "changed_on"], ["other_id"]):
        name = f"ix_org_unit_history_{'_'.join(columns)}"
        op.create_index(op.f(name), "org_unit_history", columns)


def _create_shifts() -> None:
    op.create_table(
        "org_shift_pattern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("cycle", sa.String(length=120), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_org_shift_pattern_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_shift_pattern")),
        sa.UniqueConstraint("public_id", name=op.f("uq_org_shift_pattern_public_id")),
        sa.UniqueConstraint(
            "organisation_id", "code", name=op.f("uq_org_shift_pattern_organisation_id_code")
        ),
    )
    op.create_table(
        "org_shift_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("offset_days", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(unit_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_org_shift_assignment_one")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_org_shift_assignment_days")
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["org_shift_pattern.id"],
            name=op.f("fk_org_shift_assignment_pattern_id_org_shift_pattern"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_org_shift_assignment_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_org_shift_assignment_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_shift_assignment")),
    )
    for columns in (["pattern_id"], ["unit_id", "starts_on"], ["person_id", "starts_on"]):
        name = f"ix_org_shift_assignment_{'_'.join(columns)}"
        op.create_index(op.f(name), "org_shift_assignment", columns)


def _create_duty() -> None:
    op.create_table(
        "accounts_duty_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('absences', 'shifts')", name=op.f("ck_accounts_duty_file_kind")
        ),
        sa.CheckConstraint(
            "state IN ('ready', 'applied', 'cancelled')", name=op.f("ck_accounts_duty_file_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_accounts_duty_file_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_accounts_duty_file_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_duty_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_duty_file_public_id")),
    )
    op.create_index(
        op.f("ix_accounts_duty_file_person_id_created_at"),
        "accounts_duty_file",
        ["person_id", "created_at"],
    )


def downgrade() -> None:
    """Forget closed boards, histories and shifts; every season goes on by the mean."""
    op.drop_table("accounts_duty_file")
    for table in ("org_shift_assignment", "org_shift_pattern", "org_unit_history"):
        op.drop_table(table)
    for table in reversed(SEALED):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION leaderboards_final_refuse()")
        op.execute("DROP FUNCTION leaderboards_final_complete()")
    with op.batch_alter_table("leaderboards_standing") as batch_op:
        for name in ("best", "best_before"):
            batch_op.drop_column(name)
    op.execute("UPDATE points_season SET method = 'shrunken_mean'")
    with op.batch_alter_table("points_season") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_points_season_method"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_points_season_method"), "method IN ('shrunken_mean')"
        )
        batch_op.drop_column("closed_at")
