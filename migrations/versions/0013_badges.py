"""Recognition: badges

Revision ID: 0013
Revises: 0012
Create Date: 2026-12-01 05:00:00
"""

from __future__ import annotations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add nothing yet."""


def downgrade() -> None:
    """Take nothing away."""
