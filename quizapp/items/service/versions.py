"""Versions: one wording with its passport, fixed by a hash."""

from __future__ import annotations

import json
from datetime import date

from question_bank.items.hashing import content_hash

from ..models import ItemVersion


def hash_of(version: ItemVersion) -> str:
    """Return the hash that a version should carry: over its payload and its passport."""
    return content_hash(
        {
            "item": json.loads(version.payload),
            "source": [version.source_title, version.edition, version.clause, version.source_url],
            "author": version.author,
            "verified_on": version.verified_on.isoformat(),
            "valid_until": _day(version.valid_until),
            "workplace": version.workplace,
        }
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
