"""Recognition: displays

Revision ID: 0012
Revises: 0011
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What a display showed, as a sequence of pages with their seconds.
PAGES = {"board": "board:12", "preshift": "preshift:12", "rotate": "preshift:12 board:12"}


def upgrade() -> None:
    """Let a display turn through pages, and add what is written on walls."""
    _turn_through_pages()
    op.create_table(
        "boards_edition",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_boards_edition_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_boards_edition")),
    )
    _create_bulletins()
    op.create_table(
        "boards_bulletin_unit",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"],
            ["boards_bulletin.id"],
            name=op.f("fk_boards_bulletin_unit_bulletin_id_boards_bulletin"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_boards_bulletin_unit_unit_id_org_unit")
        ),
        sa.PrimaryKeyConstraint("bulletin_id", "unit_id", name=op.f("pk_boards_bulletin_unit")),
    )
    op.create_index(op.f("ix_boards_bulletin_unit_unit_id"), "boards_bulletin_unit", ["unit_id"])


def _turn_through_pages() -> None:
    with op.batch_alter_table("boards_display") as table:
        table.add_column(sa.Column("pages", sa.String(120), nullable=False, server_default=""))
        table.add_column(sa.Column("awake", sa.String(20), nullable=False, server_default=""))
        table.add_column(sa.Column("seen_at", UtcDateTime(timezone=True), nullable=True))
    display = sa.table("boards_display", sa.column("shows"), sa.column("pages"))
    for shows, pages in PAGES.items():
        op.execute(display.update().where(display.c.shows == shows).values(pages=pages))
    with op.batch_alter_table("boards_display") as table:
        table.drop_constraint(op.f("ck_boards_display_shows"), type_="check")
        table.drop_column("shows")
        table.alter_column("pages", server_default=None)
        table.alter_column("awake", server_default=None)


def _create_bulletins() -> None:
    op.create_table(
        "boards_bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column("text", sa.String(120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("begins_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("join_until", sa.Date(), nullable=True),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("host", sa.String(40), nullable=False),
        sa.Column("seats", sa.String(40), nullable=False),
        sa.Column("link", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("under", sa.String(40), nullable=False),
        sa.Column("consent", sa.String(10), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_down_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('notice', 'event', 'countdown', 'citation')",
            name=op.f("ck_boards_bulletin_kind"),
        ),
        sa.CheckConstraint(
            "consent IS NULL OR consent IN ('asked', 'agreed', 'declined', 'withdrawn')",
            name=op.f("ck_boards_bulletin_consent"),
        ),
        sa.CheckConstraint(
            "(consent IS NULL) = (person_id IS NULL)",
            name=op.f("ck_boards_bulletin_consent_of_person"),
        ),
        sa.CheckConstraint(
            "(kind = 'citation') = (person_id IS NOT NULL OR team_id IS NOT NULL)",
            name=op.f("ck_boards_bulletin_honoured"),
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR team_id IS NULL", name=op.f("ck_boards_bulletin_one_honoured")
        ),
        sa.CheckConstraint(
            "(kind = 'event') = (begins_at IS NOT NULL)", name=op.f("ck_boards_bulletin_begins")
        ),
        sa.CheckConstraint(
            "(kind = 'countdown') = (day IS NOT NULL)", name=op.f("ck_boards_bulletin_day")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_boards_bulletin_days")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_boards_bulletin_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_boards_bulletin_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["org_unit.id"], name=op.f("fk_boards_bulletin_team_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"],
            ["accounts_person.id"],
            name=op.f("fk_boards_bulletin_written_by_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards_bulletin")),
        sa.UniqueConstraint("public_id", name=op.f("uq_boards_bulletin_public_id")),
    )
    op.create_index(
        op.f("ix_boards_bulletin_organisation_id_ends_on"),
        "boards_bulletin",
        ["organisation_id", "ends_on"],
    )
    op.create_index(
        op.f("ix_boards_bulletin_person_id_ends_on"), "boards_bulletin", ["person_id", "ends_on"]
    )


def downgrade() -> None:
    """Forget what is written on walls; displays show their board and their question as before."""
    op.drop_table("boards_bulletin_unit")
    op.drop_table("boards_bulletin")
    op.drop_table("boards_edition")
    with op.batch_alter_table("boards_display") as table:
        table.add_column(sa.Column("shows", sa.String(10), nullable=False, server_default="board"))
    display = sa.table("boards_display", sa.column("shows"), sa.column("pages"))
    for shows, which in (
        ("rotate", display.c.pages.like("%preshift:%")),
        ("preshift", sa.and_(display.c.pages.like("preshift:%"), ~display.c.pages.like("% %"))),
    ):
        op.execute(display.update().where(which).values(shows=shows))
    with op.batch_alter_table("boards_display") as table:
        table.create_check_constraint(
            op.f("ck_boards_display_shows"), "shows IN ('board', 'preshift', 'rotate')"
        )
        table.drop_column("pages")
        table.drop_column("awake")
        table.drop_column("seen_at")
        table.alter_column("shows", server_default=None)
