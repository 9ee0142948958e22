"""Looking for versions that are not what was signed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from quizapp.core.db import db
from quizapp.review import service as review

from .. import rules
from ..models import APPROVED, Item, ItemVersion
from .approving import SUBJECT
from .versions import hash_of


def find_broken_versions() -> list[str]:
    """Return a line for each version whose stored hash does not fit its content.

    And one for each signature under other content, and each approved item that was not signed.
    """
    return [*_changed_versions(), *_wrongly_signed()]


def _changed_versions() -> Iterator[str]:
    for version in db.session.scalars(select(ItemVersion).execution_options(yield_per=500)):
        if hash_of(version) != version.content_hash:
            yield f"items_version {version.id}: content does not fit its hash"


def _wrongly_signed() -> Iterator[str]:
    """Yield what is wrong with the signatures of the versions that learners meet."""
    signed = review.signatures_of(SUBJECT)
    rows = db.session.execute(
        select(Item.id, ItemVersion.id.label("version_id"), ItemVersion.content_hash)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.status == APPROVED)
    )
    for row in rows:
        hashes = signed.get(row.version_id, {})
        if any(signed_hash != row.content_hash for signed_hash in hashes.values()):
            yield f"items_version {row.version_id}: signed for other content"
        if not rules.is_signed(hashes.keys()):
            yield f"items_item {row.id}: approved without the signatures for it"
