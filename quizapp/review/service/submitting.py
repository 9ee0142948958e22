"""Handing a wording in, and taking it back."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import audit
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from .. import rules
from ..events import WordingCancelled, WordingSubmitted
from ..models import ReviewCase
from .moving import end, lock_case, tell
from .policies import levels_of
from .signing import Wording

NOTE_LENGTH = 2000


@atomic
def submit_wording(
    viewer: Viewer, wording: Wording, *, note: str = "", is_typo: bool = False
) -> str:
    """Put a wording before its first reviewer and return the case's public id.

    ``is_typo``: the short way, which the wording's own room vouches for. Raises Refusal while
    another wording of the same thing is underway.
    """
    underway = db.session.scalar(
        select(ReviewCase.id).where(
            ReviewCase.subject == wording.subject,
            ReviewCase.thread_id == wording.thread_id,
            ReviewCase.state.in_(rules.UNDERWAY),
        )
    )
    if underway is not None:
        raise Refusal(_("A wording of this is under review already. Take it back first."))
    levels = levels_of(wording.organisation_id, wording.subject)
    case = ReviewCase(
        organisation_id=wording.organisation_id,
        subject=wording.subject,
        subject_id=wording.subject_id,
        thread_id=wording.thread_id,
        title=wording.title,
        author_id=wording.author_id,
        note=note.strip()[:NOTE_LENGTH],
        content_hash=wording.content_hash,
        levels=levels,
        is_typo=is_typo,
        state=rules.path_of(levels, is_typo=is_typo)[0],
    )
    db.session.add(case)
    db.session.flush()
    audit.record("review.submitted", f"case:{case.public_id}", actor_id=viewer.id)
    tell(WordingSubmitted, case, level=case.state)
    return case.public_id


@atomic
def cancel(viewer: Viewer, public_id: str) -> None:
    """Take one's own wording back before it is published.

    Raises LookupError for a case of another organisation, Refusal for somebody else's wording.
    """
    case = lock_case(viewer, public_id)
    if case.author_id != viewer.id:
        raise Refusal(_("Only its author takes a wording back."), status=403)
    end(case, "cancel")
    audit.record("review.cancelled", f"case:{case.public_id}", actor_id=viewer.id)
    tell(WordingCancelled, case)
