"""Versions: one wording with its passport, fixed by a hash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from question_bank.items.hashing import content_hash
from quizapp.accounts.access import Viewer
from quizapp.core.db import db

from ..models import APPROVED, ItemVersion
from . import finding


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


@dataclass(frozen=True)
class VersionLine:
    """A version in the list of an item; ``is_live``: it is the one that learners meet."""

    id: int
    number: int
    author: str
    content_hash: str
    created_at: datetime
    is_live: bool


def list_versions(viewer: Viewer, public_id: str) -> list[VersionLine]:
    """Return the versions of an item, newest first; raise LookupError for one of others."""
    item = finding.find_item(viewer, public_id)
    rows = db.session.scalars(
        select(ItemVersion)
        .where(ItemVersion.item_id == item.id)
        .order_by(ItemVersion.number.desc())
    )
    return [
        VersionLine(
            id=row.id,
            number=row.number,
            author=row.author,
            content_hash=row.content_hash,
            created_at=row.created_at,
            is_live=row.id == item.current_version_id and item.status == APPROVED,
        )
        for row in rows
    ]


def get_version(viewer: Viewer, public_id: str, number: int) -> ItemVersion:
    """Return a version of an item by its number; raise LookupError when there is none."""
    item = finding.find_item(viewer, public_id)
    version = db.session.scalar(
        select(ItemVersion).where(ItemVersion.item_id == item.id, ItemVersion.number == number)
    )
    if version is None:
        raise LookupError(f"version {number} of {public_id}")
    return version
