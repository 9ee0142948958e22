"""How many levels each kind of thing passes: a rule of the organisation."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal

from .. import rules
from ..models import ReviewPolicy
from .showing import list_kinds


def levels_of(organisation_id: int, subject: str) -> int:
    """Return how many levels a kind of thing passes in an organisation: three unless it says so."""
    found = db.session.get(ReviewPolicy, (organisation_id, subject))
    return found.levels if found else rules.DEFAULT_LEVELS


def list_policies(viewer: Viewer) -> list[tuple[str, str, int]]:
    """Return (subject, its name, levels) for every kind of thing that is reviewed."""
    known = dict(
        db.session.execute(
            select(ReviewPolicy.subject, ReviewPolicy.levels).where(
                ReviewPolicy.organisation_id == viewer.organisation_id
            )
        ).all()
    )
    return [
        (kind.subject, kind.name(), known.get(kind.subject, rules.DEFAULT_LEVELS))
        for kind in list_kinds()
    ]


@atomic
def set_policy(viewer: Viewer, subject: str, levels: int) -> None:
    """Say how many levels new wordings of a kind pass; those underway keep what they began with.

    Raises Refusal for a kind or a number that does not exist.
    """
    if subject not in {kind.subject for kind in list_kinds()} or not 1 <= levels <= 3:
        raise Refusal(_("Choose one, two or three levels."), status=422)
    statement = insert(ReviewPolicy).values(
        organisation_id=viewer.organisation_id, subject=subject, levels=levels
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "subject"], set_={"levels": levels}
        )
    )
    audit.record(
        "review.policy_set",
        f"organisation:{viewer.organisation_id}",
        actor_id=viewer.id,
        subject=subject,
        levels=levels,
    )
