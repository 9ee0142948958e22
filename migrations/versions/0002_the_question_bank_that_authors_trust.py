"""The question bank that authors trust

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 21:55:41
"""

from __future__ import annotations

import json
import secrets

import sqlalchemy as sa
from alembic import op

from quizapp.core.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def describe_items() -> None:
    """Give each item what lists show of its newest wording, and each document its row."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT i.id, i.organisation_id, v.kind, v.payload, v.difficulty, v.source_title,"
            " v.source_short, v.edition, v.clause, v.source_url, v.created_at"
            " FROM items_item i JOIN items_version v ON v.id = i.current_version_id"
        )
    ).all()
    sources: set[tuple[int, str]] = set()
    for row in rows:
        key = (row.organisation_id, row.source_title)
        if row.source_title and key not in sources:
            sources.add(key)
            bind.execute(
                sa.text(
                    "INSERT INTO items_source (public_id, organisation_id, title, short, edition,"
                    " url, articles, updated_at)"
                    " VALUES (:public, :organisation, :title, :short, :edition, :url, 0, :at)"
                ),
                {
                    "public": secrets.token_urlsafe(12),
                    "organisation": row.organisation_id,
                    "title": row.source_title,
                    "short": row.source_short,
                    "edition": row.edition,
                    "url": row.source_url,
                    "at": row.created_at,
                },
            )
        title = " ".join(json.loads(row.payload)["stem"].split())
        bind.execute(
            sa.text(
                "UPDATE items_item SET kind = :kind, title = :title, difficulty = :difficulty,"
                " source_label = :label, updated_at = :at,"
                " source_id = (SELECT id FROM items_source WHERE title = :source"
                " AND organisation_id = :organisation) WHERE id = :id"
            ),
            {
                "kind": row.kind,
                "title": title if len(title) <= 200 else f"{title[:199]}…",
                "difficulty": row.difficulty,
                "label": f"《{row.source_short}》{row.clause}",
                "at": row.created_at,
                "source": row.source_title,
                "organisation": row.organisation_id,
                "id": row.id,
            },
        )


def move_sign_offs() -> None:
    """Turn the sign-offs of items into published cases of the review room, signatures kept."""
    bind = op.get_bind()
    signed = bind.execute(
        sa.text(
            "SELECT s.version_id, s.stage, s.person_id, s.content_hash, s.at, i.id AS item_id,"
            " i.organisation_id, i.title FROM items_sign_off s"
            " JOIN items_version v ON v.id = s.version_id JOIN items_item i ON i.id = v.item_id"
            " ORDER BY s.version_id, s.id"
        )
    ).all()
    cases: dict[int, int] = {}
    for row in signed:
        if row.version_id not in cases:
            cases[row.version_id] = bind.execute(
                sa.text(
                    "INSERT INTO review_case (public_id, organisation_id, subject, subject_id,"
                    " thread_id, title, note, content_hash, levels, is_typo, state, publish_at,"
                    " created_at, moved_at) VALUES (:public, :organisation, 'item', :version,"
                    " :item, :title, '', :hash, 3, FALSE, 'published', :at, :at, :at)"
                    " RETURNING id"
                ),
                {
                    "public": secrets.token_urlsafe(12),
                    "organisation": row.organisation_id,
                    "version": row.version_id,
                    "item": row.item_id,
                    "title": row.title,
                    "hash": row.content_hash,
                    "at": row.at,
                },
            ).scalar_one()
        bind.execute(
            sa.text(
                "INSERT INTO review_signature (case_id, stage, decision, person_id, content_hash,"
                " checklist, comment, at)"
                " VALUES (:case, :stage, 'passed', :person, :hash, '[]', '', :at)"
            ),
            {
                "case": cases[row.version_id],
                "stage": row.stage,
                "person": row.person_id,
                "hash": row.content_hash,
                "at": row.at,
            },
        )


def restore_sign_offs() -> None:
    """Turn signatures that passed an item back into its sign-offs."""
    op.execute(
        "INSERT INTO items_sign_off (version_id, stage, person_id, content_hash, at)"
        " SELECT c.subject_id, s.stage, s.person_id, s.content_hash, s.at"
        " FROM review_signature s JOIN review_case c ON c.id = s.case_id"
        " WHERE c.subject = 'item' AND s.decision = 'passed' AND c.state = 'published'"
    )


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "core_blob",
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_core_blob")),
    )
    op.create_table(
        "items_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("short", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_source_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_source")),
        sa.UniqueConstraint(
            "organisation_id", "title", name=op.f("uq_items_source_organisation_id_title")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_source_public_id")),
    )
    op.create_table(
        "review_policy",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.CheckConstraint("levels BETWEEN 1 AND 3", name=op.f("ck_review_policy_levels")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_review_policy_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "subject", name=op.f("pk_review_policy")),
    )
    op.create_table(
        "accounts_roster_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("blob_ref", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('checking', 'ready', 'applying', 'applied', 'cancelled')",
            name=op.f("ck_accounts_roster_file_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_accounts_roster_file_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_accounts_roster_file_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_roster_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_roster_file_public_id")),
    )
    with op.batch_alter_table("accounts_roster_file", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_accounts_roster_file_person_id_created_at"),
            ["person_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "accounts_roster_row",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=40), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("is_unit", sa.Boolean(), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["accounts_roster_file.id"],
            name=op.f("fk_accounts_roster_row_file_id_accounts_roster_file"),
        ),
        sa.PrimaryKeyConstraint("file_id", "position", name=op.f("pk_accounts_roster_row")),
    )
    with op.batch_alter_table("accounts_roster_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_accounts_roster_row_file_id_result_position"),
            ["file_id", "result", "position"],
            unique=False,
        )

    op.create_table(
        "items_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("blob_ref", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reading', 'ready', 'importing', 'done', 'cancelled', 'undone', 'failed')",
            name=op.f("ck_items_import_state"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_import_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_import_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_import_public_id")),
    )
    with op.batch_alter_table("items_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_items_import_organisation_id_created_at"),
            ["organisation_id", "created_at"],
            unique=False,
        )

    op.create_table(
        "items_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("has_key", sa.Boolean(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("filename", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("blob_ref", sa.String(length=64), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('writing', 'done', 'failed')", name=op.f("ck_items_export_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_export_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_export_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_export")),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_export_public_id")),
    )
    with op.batch_alter_table("items_export", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_items_export_person_id_created_at"),
            ["person_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_items_export_created_at"), ["created_at"], unique=False
        )

    op.create_table(
        "items_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('image', 'audio', 'video', 'captions')", name=op.f("ck_items_media_kind")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["accounts_person.id"],
            name=op.f("fk_items_media_created_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_media_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_media")),
        sa.UniqueConstraint(
            "organisation_id", "ref", name=op.f("uq_items_media_organisation_id_ref")
        ),
    )
    op.create_table(
        "review_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.Column("is_typo", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("publish_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("moved_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('first', 'second', 'final', 'scheduled', 'published', 'returned',"
            " 'withdrawn', 'expired', 'superseded', 'cancelled')",
            name=op.f("ck_review_case_state"),
        ),
        sa.CheckConstraint("levels BETWEEN 1 AND 3", name=op.f("ck_review_case_levels")),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["accounts_person.id"],
            name=op.f("fk_review_case_author_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_review_case_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_case")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_case_public_id")),
        sa.UniqueConstraint(
            "subject", "subject_id", name=op.f("uq_review_case_subject_subject_id")
        ),
    )
    with op.batch_alter_table("review_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_case_organisation_id_state_moved_at"),
            ["organisation_id", "state", "moved_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_case_state_publish_at"), ["state", "publish_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_case_subject_thread_id"), ["subject", "thread_id"], unique=False
        )

    op.create_table(
        "review_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'demo') = (person_id IS NULL)", name=op.f("ck_review_signature_person")
        ),
        sa.CheckConstraint(
            "decision IN ('passed', 'returned')", name=op.f("ck_review_signature_decision")
        ),
        sa.CheckConstraint(
            "stage IN ('first', 'second', 'final', 'demo')", name=op.f("ck_review_signature_stage")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["review_case.id"], name=op.f("fk_review_signature_case_id_review_case")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_review_signature_person_id_accounts_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_signature")),
        sa.UniqueConstraint(
            "case_id", "person_id", name=op.f("uq_review_signature_case_id_person_id")
        ),
        sa.UniqueConstraint("case_id", "stage", name=op.f("uq_review_signature_case_id_stage")),
    )
    op.create_table(
        "items_draft",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["editor_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_draft_editor_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_items_draft_item_id_items_item")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_items_draft")),
    )
    op.create_table(
        "items_gram",
        sa.Column("gram", sa.String(length=2), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_items_gram_item_id_items_item")
        ),
        sa.PrimaryKeyConstraint("gram", "item_id", name=op.f("pk_items_gram")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("items_gram", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_gram_item_id"), ["item_id"], unique=False)

    op.create_table(
        "items_import_row",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("similar_id", sa.Integer(), nullable=True),
        sa.Column("similar_position", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('ready', 'fixed', 'duplicate', 'decision', 'refused', 'skipped',"
            " 'imported')",
            name=op.f("ck_items_import_row_status"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["items_import.id"],
            name=op.f("fk_items_import_row_import_id_items_import"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_items_import_row_item_id_items_item")
        ),
        sa.ForeignKeyConstraint(
            ["similar_id"],
            ["items_item.id"],
            name=op.f("fk_items_import_row_similar_id_items_item"),
        ),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_items_import_row")),
    )
    with op.batch_alter_table("items_import_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_items_import_row_import_id_status_position"),
            ["import_id", "status", "position"],
            unique=False,
        )

    op.create_table(
        "items_calibration",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=10), nullable=False),
        sa.Column("discrimination", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("discrimination_error", sa.Double(), nullable=True),
        sa.Column("difficulty_error", sa.Double(), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_calibration_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_items_calibration")),
    )
    op.create_table(
        "items_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("old_version_id", sa.Integer(), nullable=False),
        sa.Column("new_version_id", sa.Integer(), nullable=False),
        sa.Column("is_key_changed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("regraded", sa.Integer(), nullable=True),
        sa.Column("credited", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_items_correction_item_id_items_item")
        ),
        sa.ForeignKeyConstraint(
            ["new_version_id"],
            ["items_version.id"],
            name=op.f("fk_items_correction_new_version_id_items_version"),
        ),
        sa.ForeignKeyConstraint(
            ["old_version_id"],
            ["items_version.id"],
            name=op.f("fk_items_correction_old_version_id_items_version"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_correction_organisation_id_org_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_correction_public_id")),
    )
    with op.batch_alter_table("items_correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_correction_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_items_correction_organisation_id_at"),
            ["organisation_id", "at"],
            unique=False,
        )

    op.create_table(
        "items_flag_note",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("flag", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("figure", sa.Double(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_flag_note_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_flag_note_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "flag", name=op.f("pk_items_flag_note")),
    )
    op.create_table(
        "items_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_expert", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Integer(), nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('key', 'wording', 'outdated', 'source', 'other')",
            name=op.f("ck_items_report_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined')", name=op.f("ck_items_report_state")
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"],
            ["accounts_person.id"],
            name=op.f("fk_items_report_handled_by_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items_item.id"], name=op.f("fk_items_report_item_id_items_item")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["org_organisation.id"],
            name=op.f("fk_items_report_organisation_id_org_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_report_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["org_unit.id"], name=op.f("fk_items_report_unit_id_org_unit")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_report_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_items_report_public_id")),
        sa.UniqueConstraint(
            "version_id", "person_id", name=op.f("uq_items_report_version_id_person_id")
        ),
    )
    with op.batch_alter_table("items_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_report_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_items_report_organisation_id_state_created_at"),
            ["organisation_id", "state", "created_at"],
            unique=False,
        )

    op.create_table(
        "items_statistic",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("rapid", sa.Integer(), nullable=False),
        sa.Column("omitted", sa.Integer(), nullable=False),
        sa.Column("sum_score", sa.Double(), nullable=False),
        sa.Column("sum_score_squared", sa.Double(), nullable=False),
        sa.Column("sum_rest", sa.Double(), nullable=False),
        sa.Column("sum_rest_squared", sa.Double(), nullable=False),
        sa.Column("sum_product", sa.Double(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_statistic_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "day", name=op.f("pk_items_statistic")),
    )
    with op.batch_alter_table("items_statistic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_items_statistic_day"), ["day"], unique=False)

    op.create_table(
        "items_time_bucket",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_time_bucket_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", "week", "bucket", name=op.f("pk_items_time_bucket")),
    )
    op.create_table(
        "items_quality",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("facility", sa.Double(), nullable=False),
        sa.Column("discrimination", sa.Double(), nullable=True),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_quality_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_items_quality")),
    )
    op.create_table(
        "quizzes_regrade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("old_score", sa.Double(), nullable=False),
        sa.Column("new_score", sa.Double(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("new_score >= old_score", name=op.f("ck_quizzes_regrade_favour")),
        sa.ForeignKeyConstraint(
            ["correction_id"],
            ["items_correction.id"],
            name=op.f("fk_quizzes_regrade_correction_id_items_correction"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_quizzes_regrade_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["quizzes_response.id"],
            name=op.f("fk_quizzes_regrade_response_id_quizzes_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes_regrade")),
        sa.UniqueConstraint(
            "response_id",
            "correction_id",
            name=op.f("uq_quizzes_regrade_response_id_correction_id"),
        ),
    )
    with op.batch_alter_table("quizzes_regrade", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quizzes_regrade_correction_id"), ["correction_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_quizzes_regrade_person_id_seen_at"),
            ["person_id", "seen_at"],
            unique=False,
        )

    with op.batch_alter_table("items_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("stage", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("title", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("difficulty", sa.String(length=10), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("source_label", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("facility", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column("responses", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("flag", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("open_reports", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("is_suspended", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "updated_at",
                UtcDateTime(),
                nullable=False,
                server_default=sa.func.current_timestamp(),
            )
        )
        batch_op.add_column(sa.Column("deleted_at", UtcDateTime(), nullable=True))
        batch_op.alter_column("valid_until", existing_type=sa.DATE(), nullable=True)
        batch_op.drop_constraint(batch_op.f("ck_items_item_status"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_items_item_status"),
            "status IN ('draft', 'checked', 'approved', 'withdrawn', 'expired')",
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_items_item_stage"),
            "stage IN ('', 'editing', 'first', 'second', 'final', 'scheduled', 'returned')",
        )
        batch_op.create_index(batch_op.f("ix_items_item_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_items_item_organisation_id_flag"),
            ["organisation_id", "flag"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_items_item_organisation_id_stage"),
            ["organisation_id", "stage"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_items_item_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_item_theme_id"), ["theme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_items_item_topic_id"), ["topic_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_items_item_source_id_items_source"),
            "items_source",
            ["source_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_items_item_import_id_items_import"),
            "items_import",
            ["import_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_items_item_author_id_accounts_person"),
            "accounts_person",
            ["author_id"],
            ["id"],
        )

    with op.batch_alter_table("items_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_id", sa.Integer(), nullable=True))
        batch_op.alter_column("valid_until", existing_type=sa.DATE(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_items_version_author_id_accounts_person"),
            "accounts_person",
            ["author_id"],
            ["id"],
        )

    describe_items()
    move_sign_offs()
    op.drop_table("items_sign_off")
    with op.batch_alter_table("items_item", schema=None) as batch_op:
        for name in (
            "stage",
            "kind",
            "title",
            "difficulty",
            "source_label",
            "responses",
            "flag",
            "open_reports",
            "is_suspended",
            "updated_at",
        ):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take the change back."""
    op.execute("UPDATE items_version SET valid_until = '9999-12-31' WHERE valid_until IS NULL")
    op.execute("UPDATE items_item SET valid_until = '9999-12-31' WHERE valid_until IS NULL")
    op.execute("UPDATE items_item SET status = 'withdrawn' WHERE status = 'expired'")
    with op.batch_alter_table("items_version", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_items_version_author_id_accounts_person"), type_="foreignkey"
        )
        batch_op.alter_column("valid_until", existing_type=sa.DATE(), nullable=False)
        batch_op.drop_column("author_id")

    with op.batch_alter_table("items_item", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_items_item_stage"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_items_item_status"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_items_item_status"),
            "status IN ('draft', 'checked', 'approved', 'withdrawn')",
        )
        batch_op.drop_constraint(
            batch_op.f("fk_items_item_author_id_accounts_person"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_items_item_import_id_items_import"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("fk_items_item_source_id_items_source"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_items_item_topic_id"))
        batch_op.drop_index(batch_op.f("ix_items_item_theme_id"))
        batch_op.drop_index(batch_op.f("ix_items_item_source_id"))
        batch_op.drop_index(batch_op.f("ix_items_item_organisation_id_stage"))
        batch_op.drop_index(batch_op.f("ix_items_item_organisation_id_flag"))
        batch_op.drop_index(batch_op.f("ix_items_item_import_id"))
        batch_op.alter_column("valid_until", existing_type=sa.DATE(), nullable=False)
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("updated_at")
        batch_op.drop_column("is_suspended")
        batch_op.drop_column("open_reports")
        batch_op.drop_column("flag")
        batch_op.drop_column("responses")
        batch_op.drop_column("facility")
        batch_op.drop_column("source_label")
        batch_op.drop_column("difficulty")
        batch_op.drop_column("title")
        batch_op.drop_column("kind")
        batch_op.drop_column("stage")
        batch_op.drop_column("author_id")
        batch_op.drop_column("import_id")
        batch_op.drop_column("source_id")

    op.create_table(
        "items_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(stage = 'demo') = (person_id IS NULL)", name=op.f("ck_items_sign_off_person")
        ),
        sa.CheckConstraint(
            "stage IN ('first', 'second', 'final', 'demo')", name=op.f("ck_items_sign_off_stage")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["accounts_person.id"],
            name=op.f("fk_items_sign_off_person_id_accounts_person"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["items_version.id"],
            name=op.f("fk_items_sign_off_version_id_items_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items_sign_off")),
        sa.UniqueConstraint(
            "version_id", "person_id", name=op.f("uq_items_sign_off_version_id_person_id")
        ),
        sa.UniqueConstraint("version_id", "stage", name=op.f("uq_items_sign_off_version_id_stage")),
    )
    restore_sign_offs()
    with op.batch_alter_table("quizzes_regrade", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quizzes_regrade_person_id_seen_at"))
        batch_op.drop_index(batch_op.f("ix_quizzes_regrade_correction_id"))

    op.drop_table("quizzes_regrade")
    op.drop_table("items_quality")
    op.drop_table("items_time_bucket")
    with op.batch_alter_table("items_statistic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_statistic_day"))

    op.drop_table("items_statistic")
    with op.batch_alter_table("items_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_report_organisation_id_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_items_report_item_id"))

    op.drop_table("items_report")
    op.drop_table("items_flag_note")
    with op.batch_alter_table("items_correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_correction_organisation_id_at"))
        batch_op.drop_index(batch_op.f("ix_items_correction_item_id"))

    op.drop_table("items_correction")
    op.drop_table("items_calibration")
    with op.batch_alter_table("items_import_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_import_row_import_id_status_position"))

    op.drop_table("items_import_row")
    with op.batch_alter_table("items_gram", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_gram_item_id"))

    op.drop_table("items_gram")
    op.drop_table("items_draft")
    op.drop_table("review_signature")
    with op.batch_alter_table("review_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_case_subject_thread_id"))
        batch_op.drop_index(batch_op.f("ix_review_case_state_publish_at"))
        batch_op.drop_index(batch_op.f("ix_review_case_organisation_id_state_moved_at"))

    op.drop_table("review_case")
    op.drop_table("items_export")
    op.drop_table("items_media")
    with op.batch_alter_table("items_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_items_import_organisation_id_created_at"))

    op.drop_table("items_import")
    with op.batch_alter_table("accounts_roster_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accounts_roster_row_file_id_result_position"))

    op.drop_table("accounts_roster_row")
    with op.batch_alter_table("accounts_roster_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accounts_roster_file_person_id_created_at"))

    op.drop_table("accounts_roster_file")
    op.drop_table("review_policy")
    op.drop_table("items_source")
    op.drop_table("core_blob")
