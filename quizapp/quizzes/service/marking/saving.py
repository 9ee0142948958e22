"""Keeping a mark, and taking the last one back while nothing hangs on it."""

from __future__ import annotations

import json

from flask_babel import gettext as _
from sqlalchemy import delete, select

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.items import service as items

from ...models import APPEAL, SETTLED, Attempt, Mark, QuizBlueprint, Response, Script
from . import rules
from .bench import most_of, texts_of
from .marks import Given, marks_of, to_draft
from .scope import WAITING, find_quiz, markable_by


@atomic
def save_mark(viewer: Viewer, quiz_id: str, script_id: str, given: Given) -> str:
    """Keep the viewer's mark of a script they have open; return what it waits for now.

    Raises LookupError for a script that is not theirs to mark, Refusal for points that do not fit,
    and when somebody else has taken the script over in the meantime.
    """
    quiz = find_quiz(viewer, quiz_id)
    script = _locked(quiz, Script.public_id == script_id)
    if script is None or not _may_mark(viewer, script):
        raise LookupError(f"script {script_id}")
    if script.person_id != viewer.id or script.stage not in WAITING:
        raise Refusal(
            _("Somebody else has taken this answer over. What you entered was not saved.")
        )
    most = _most(script)
    _check(given, most)
    _keep(script, viewer.id, given)
    script.stage = rules.next_stage(script.stage, quiz.markers, _shares(script, most))
    script.person_id = script.claimed_at = None
    script.draft = ""
    script.marked_at = clock.now()
    return script.stage


def _may_mark(viewer: Viewer, script: Script) -> bool:
    found = select(Attempt.id).where(Attempt.id == script.attempt_id, markable_by(viewer))
    return db.session.scalar(found) is not None


def _locked(quiz: QuizBlueprint, which: object) -> Script | None:
    found: Script | None = db.session.scalar(
        select(Script)
        .where(Script.blueprint_id == quiz.id, which)  # type: ignore[arg-type]
        .with_for_update()
    )
    return found


def _check(given: Given, most: rules.Points) -> None:
    if not rules.fits(given.points, most):
        raise Refusal(
            _("Give points for every criterion, from 0 to its most. Then save."), status=422
        )
    check_words(given.comment, given.note)


def check_words(*texts: str) -> None:
    """Raise Refusal for a text that is longer than it may be."""
    if any(len(text) > rules.MAX_WORDS for text in texts):
        raise Refusal(
            _("Write at most %(n)s characters. Nothing is lost.", n=rules.MAX_WORDS), status=422
        )


def _most(script: Script) -> rules.Points:
    row = db.session.execute(
        select(Response.item_version_id, Response.given).where(Response.id == script.response_id)
    ).one()
    return most_of(texts_of(items.get_stored(row.item_version_id).item, row.given))


def _keep(script: Script, marker_id: int, given: Given) -> None:
    """Insert a mark; the database refuses a second one of a round, and a second one of a person."""
    written = db.session.execute(
        insert(Mark)
        .values(
            response_id=script.response_id,
            round=script.stage,
            marker_id=marker_id,
            points=json.dumps(given.points),
            comment=given.comment,
            note=given.note,
            at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Mark.id)
    ).first()
    if written is None:
        raise Refusal(_("You have marked this answer in another round. Nothing was saved."))


def _shares(script: Script, most: rules.Points) -> list[float]:
    marks = marks_of([script.response_id])[script.response_id]
    return [
        rules.share(marks[name].points, most)
        for name in (rules.FIRST, rules.SECOND)
        if name in marks
    ]


@atomic
def undo_mark(viewer: Viewer, quiz_id: str) -> str:
    """Take the viewer's last mark of a quiz back and open its script again; return its name.

    What was given stays in the form. Raises LookupError for a quiz out of scope, Refusal when there
    is nothing to take back, or when somebody has built on it.
    """
    quiz = find_quiz(viewer, quiz_id)
    row = db.session.execute(
        select(Mark.id, Mark.response_id, Mark.round)
        .join(Script, Script.response_id == Mark.response_id)
        .where(Script.blueprint_id == quiz.id, Mark.marker_id == viewer.id, Mark.round != APPEAL)
        .order_by(Mark.at.desc(), Mark.id.desc())
        .limit(1)
    ).first()
    script = _locked(quiz, Script.response_id == row.response_id) if row else None
    if row is None or script is None or not _may_take_back(viewer, script):
        raise Refusal(_("There is nothing to take back. What counts already stays as it is."))
    marks = marks_of([script.response_id])[script.response_id]
    is_held = rules.is_held(script.claimed_at, clock.now()) and script.person_id != viewer.id
    if is_held or list(marks) != [name for name in marks if _is_up_to(name, row.round)]:
        raise Refusal(_("Somebody is marking this answer in the next round. Your mark stays."))
    db.session.execute(delete(Mark).where(Mark.id == row.id))
    script.stage = row.round
    script.person_id, script.claimed_at = viewer.id, clock.now()
    script.draft = to_draft(marks[row.round])
    script.marked_at = None
    return script.public_id


def _may_take_back(viewer: Viewer, script: Script) -> bool:
    return script.stage != SETTLED and _may_mark(viewer, script)


def _is_up_to(name: str, round_: str) -> bool:
    order = (rules.FIRST, rules.SECOND, rules.ADJUDICATION)
    return order.index(name) <= order.index(round_)
