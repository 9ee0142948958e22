"""Items by their public names, within the organisation of who asks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from quizapp.accounts.access import Viewer
from quizapp.core.db import db

from ..models import ARRIVING, Item, ItemDraft, ItemVersion

MAX_CHOSEN = 1000  # items that one act may touch


def find_item(viewer: Viewer, public_id: str, *, for_change: bool = False) -> Item:
    """Return an item of the viewer's organisation, from the bin too.

    ``for_change`` keeps others from changing its row until the command ends. Raises LookupError.
    """
    statement = select(Item).where(
        Item.public_id == public_id,
        Item.organisation_id == viewer.organisation_id,
        or_(Item.deleted_at.is_(None), Item.deleted_at != ARRIVING),
    )
    if for_change:
        statement = statement.with_for_update()
    item = db.session.scalar(statement)
    if item is None:
        raise LookupError(f"item {public_id}")
    return item


def find_items(viewer: Viewer, public_ids: Sequence[str]) -> list[Item]:
    """Return the items among ``public_ids`` that the viewer's organisation has, by number.

    At most 1,000; names of others, or of nothing, are passed over.
    """
    chosen = list(dict.fromkeys(public_ids))[:MAX_CHOSEN]
    return list(
        db.session.scalars(
            select(Item)
            .where(
                Item.public_id.in_(chosen),
                Item.organisation_id == viewer.organisation_id,
                or_(Item.deleted_at.is_(None), Item.deleted_at != ARRIVING),
            )
            .order_by(Item.id)
        )
    )


def last_version(item_id: int) -> ItemVersion | None:
    """Return the newest version of an item, None when nothing of it was ever submitted."""
    return db.session.scalar(
        select(ItemVersion)
        .where(ItemVersion.item_id == item_id)
        .order_by(ItemVersion.number.desc())
        .limit(1)
    )


def draft_row(item_id: int) -> ItemDraft | None:
    """Return the draft of an item, None when nobody is writing a next wording."""
    return db.session.get(ItemDraft, item_id)
