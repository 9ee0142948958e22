"""Recognition: point rules

Revision ID: 0009
Revises: 0006
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add nothing yet."""


def downgrade() -> None:
    """Take nothing away."""
