"""Moving a case from state to state: the one place where its row is locked and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import db
from quizapp.core.events import announce
from quizapp.core.forms import Refusal

from .. import rules
from ..events import (
    WordingExpired,
    WordingMoved,
    WordingPassed,
    WordingPublished,
    WordingScheduled,
)
from ..models import PUBLISHED, ReviewCase


def lock_case(viewer: Viewer, public_id: str) -> ReviewCase:
    """Return a case of the viewer's organisation and keep others from moving it meanwhile.

    Raises LookupError for any other.
    """
    case = db.session.scalar(
        select(ReviewCase)
        .where(
            ReviewCase.public_id == public_id,
            ReviewCase.organisation_id == viewer.organisation_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise LookupError(f"case {public_id}")
    return case


def about(case: ReviewCase) -> dict[str, Any]:
    """Return what every fact about a case says."""
    return {
        "subject": case.subject,
        "subject_id": case.subject_id,
        "thread_id": case.thread_id,
        "organisation_id": case.organisation_id,
    }


def end(case: ReviewCase, act: str) -> None:
    """Bring a case to where ``act`` leads; raise Refusal where it is too late, or too early."""
    if not rules.may(act, case.state):
        raise Refusal(_("It is somewhere else by now. Open it again to see where."))
    case.state = rules.ENDS[act][1]
    case.moved_at = clock.now()
    db.session.flush()


def go_on(case: ReviewCase, level: str, publish_at: datetime | None) -> None:
    """Bring a case whose ``level`` was just passed to the next one, or to people."""
    following = rules.after(rules.path_of(case.levels, is_typo=case.is_typo), level)
    if following is not None:
        case.state, case.moved_at = following, clock.now()
        db.session.flush()
        announce(WordingPassed(level=following, **about(case)))
        return
    case.publish_at = publish_at
    if publish_at is None or rules.is_due(publish_at, clock.now()):
        publish(case)
        return
    end(case, "schedule")
    announce(WordingScheduled(publish_at=publish_at, **about(case)))


def publish(case: ReviewCase) -> None:
    """Make a wording the one that people meet; the one before it is superseded by it."""
    earlier = db.session.scalars(
        select(ReviewCase)
        .where(
            ReviewCase.subject == case.subject,
            ReviewCase.thread_id == case.thread_id,
            ReviewCase.state == PUBLISHED,
        )
        .with_for_update()
    ).all()
    known = db.session.scalar(
        select(func.count())
        .select_from(ReviewCase)
        .where(
            ReviewCase.subject == case.subject,
            ReviewCase.thread_id == case.thread_id,
            ReviewCase.state.in_(rules.PUBLISHED_ONCE),
        )
    )
    for old in earlier:
        end(old, "supersede")
    case.publish_at = clock.now()  # from now on the moment at which it was published
    end(case, "publish")
    audit.record("review.published", f"case:{case.public_id}")
    announce(
        WordingPublished(
            author_id=case.author_id,
            published_at=case.publish_at,
            is_first=not known,
            **about(case),
        )
    )


def expire(case: ReviewCase) -> None:
    """End a published wording that reached its last day."""
    end(case, "expire")
    announce(WordingExpired(**about(case)))


def tell(fact: type[WordingMoved], case: ReviewCase, **more: Any) -> None:
    """Announce ``fact`` about a case."""
    announce(fact(**about(case), **more))
