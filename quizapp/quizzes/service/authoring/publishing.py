"""Publishing a quiz, and what may still happen to it then: more time, or an early end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from ... import rules
from ...models import CLOSED, PUBLISHED, QuizBlueprint
from .figures import Figures, get_figures
from .sheets import Sheet, fetch, get_sheet, state_of

MOST_REASON = 200


def obstacles(sheet: Sheet, figures: Figures) -> list[str]:
    """Return what stands in the way of publishing, each as a sentence; empty when nothing does."""
    found = []
    if figures.missing:
        found.append(
            ngettext(
                "%(num)d question is missing.",
                "%(num)d questions are missing.",
                figures.missing,
            )
        )
    if sheet.mode == rules.WEEKLY and sheet.closes_at is None:
        found.append(_("A weekly quiz needs a closing time."))
    if sheet.closes_at is not None and sheet.closes_at <= clock.now():
        found.append(_("The closing time has passed."))
    return found


@atomic
def publish(viewer: Viewer, public_id: str) -> None:
    """Make a draft a quiz that learners meet; raise Refusal with everything that is in the way."""
    quiz = fetch(viewer, public_id, is_draft=True)
    sheet = get_sheet(viewer, public_id)
    found = obstacles(sheet, get_figures(viewer, sheet))
    if found:
        raise Refusal(" ".join(found))
    quiz.state = PUBLISHED
    quiz.published_at = clock.now()
    audit.record(
        "quizzes.published", f"quiz:{public_id}", actor_id=viewer.id, closes_at=quiz.closes_at
    )


def _fetch_open(viewer: Viewer, public_id: str) -> QuizBlueprint:
    quiz = fetch(viewer, public_id)
    if state_of(quiz.state, quiz.closes_at) != PUBLISHED:
        raise Refusal(_("This quiz is not open. Nothing was changed."))
    return quiz


@atomic
def close_early(viewer: Viewer, public_id: str) -> None:
    """Let nobody begin any more; who is in the middle of it finishes in their own time."""
    quiz = _fetch_open(viewer, public_id)
    audit.record("quizzes.closed", f"quiz:{public_id}", actor_id=viewer.id, planned=quiz.closes_at)
    quiz.closes_at = clock.now()
    quiz.state = CLOSED


@atomic
def extend(viewer: Viewer, public_id: str, closes_at: datetime, reason: str) -> None:
    """Move the closing time of an open quiz to later; the reason is recorded.

    Raises Refusal without a reason, for an earlier time, and once the quiz has closed: by then
    answers may have been shown.
    """
    quiz = _fetch_open(viewer, public_id)
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise Refusal(_("Say why; it is recorded."), field="reason", status=422)
    if closes_at <= max(quiz.closes_at or clock.now(), clock.now()):
        raise Refusal(
            _("Choose a time after the present closing time."), field="closes_at", status=422
        )
    audit.record(
        "quizzes.extended",
        f"quiz:{public_id}",
        actor_id=viewer.id,
        before=quiz.closes_at,
        after=closes_at,
        reason=reason,
    )
    quiz.closes_at = closes_at


@dataclass(frozen=True)
class Extension:
    """One extension of the closing time, as recorded: when, and the facts as JSON text."""

    at: datetime
    facts: str


def list_extensions(sheet: Sheet) -> list[Extension]:
    """Return the extensions of a quiz, the newest first."""
    rows = db.session.execute(
        select(AuditRow.at, AuditRow.facts)
        .where(
            AuditRow.action == "quizzes.extended",
            AuditRow.at >= (sheet.published_at or clock.now()),
            AuditRow.object == f"quiz:{sheet.public_id}",
        )
        .order_by(AuditRow.id.desc())
        .limit(20)
    )
    return [Extension(row.at, row.facts) for row in rows]
