"""Recognition: board kinds

Revision ID: 0011
Revises: 0010
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add nothing yet."""


def downgrade() -> None:
    """Take nothing away."""
