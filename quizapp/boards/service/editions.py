"""Which edition of its bulletins an organisation has: what the store keeps of them goes by it."""

from __future__ import annotations

from sqlalchemy import select, update

from quizapp.core.db import db, insert

from ..models import Edition


def edition_of(organisation_id: int) -> int:
    """Return how often the bulletins of an organisation changed; 0 when there never was one."""
    number = db.session.scalar(
        select(Edition.number).where(Edition.organisation_id == organisation_id)
    )
    return number or 0


def turn_edition(organisation_id: int) -> None:
    """Begin another edition, as part of the command that changed a bulletin."""
    db.session.execute(
        insert(Edition)
        .values(organisation_id=organisation_id, number=0)
        .on_conflict_do_nothing(index_elements=["organisation_id"])
    )
    db.session.execute(
        update(Edition)
        .where(Edition.organisation_id == organisation_id)
        .values(number=Edition.number + 1)
    )
