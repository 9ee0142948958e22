"""Looking for versions that are not what was signed."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from quizapp.core.db import db
from quizapp.review import service as review

from ..models import APPROVED, Item, ItemVersion, Report
from ..models.reports import OPEN
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
    signed = review.published_hashes(SUBJECT)
    rows = db.session.execute(
        select(Item.id, ItemVersion.id.label("version_id"), ItemVersion.content_hash)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.status == APPROVED)
    )
    for row in rows:
        if row.version_id not in signed:
            yield f"items_item {row.id}: approved without the signatures for it"
        elif signed[row.version_id] != row.content_hash:
            yield f"items_version {row.version_id}: signed for other content"


def find_wrong_counts() -> Iterator[str]:
    """Yield items whose count of open reports is not that of the reports."""
    counts = dict(
        db.session.execute(
            select(Report.item_id, func.count())
            .where(Report.state == OPEN)
            .group_by(Report.item_id)
        ).all()
    )
    for item_id, number in db.session.execute(select(Item.id, Item.open_reports)):
        if counts.get(item_id, 0) != number:
            yield f"items_item {item_id}: {number} open reports, {counts.get(item_id, 0)} rows"
