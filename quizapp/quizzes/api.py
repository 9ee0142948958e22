"""JSON of the quiz engine: answers from the page's script, sets for a device without a network.

An answer is authorised by the ticket of its question alone: whoever holds it was shown the question
in a session that is still alive. A page of another site has no ticket, so that no further token is
needed, and neither the person nor the attempt is looked up before the answer is stored.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from quizapp.accounts.access import allow, draw_for_nobody, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.core.security import csrf

from . import service
from .service import tickets
from .views.showing import mark_of, next_address, panel, take_page
from .views.taking import MAX_VALUE, MAX_VALUES, own_attempt

bp = Blueprint("quizzes_api", __name__, url_prefix="/api/v1")

MOST_AT_ONCE = 100
_PAINTED = ("single", "multiple", "true_false")  # the page's script draws these verdicts itself


@bp.post("/answers")
@csrf.exempt
@allow(Permission.HOLD_TICKET)
def answer() -> Any:
    """Store an answer on the word of its ticket, and return what is told about it."""
    sent = _object(request.get_json(silent=True))
    known = tickets.read(_text(sent.get("ticket"), 400))
    if known is None:
        return _problem(401, _("Open the question again; your answer is kept on this device."))
    ticket, shown_at = known
    g.locale = ticket.locale
    try:
        submission = _submission(sent, ticket.position)
        answered = service.answer_by_ticket(ticket, shown_at, submission)
    except service.SignedOut:
        return _problem(401, _("Sign in again; your answer is kept on this device."))
    except LookupError:
        return _problem(404, _("There is nothing here"))
    except Refusal as refusal:
        return _problem(refusal.status, refusal.message, field=refusal.field)
    return jsonify(_told(answered))


def _told(answered: service.Answered) -> dict[str, Any]:
    attempt, shown = answered.attempt, answered.shown
    next_url = next_address(attempt, shown.position)
    told: dict[str, Any] = {
        "state": answered.state,
        "is_late": answered.is_late,
        "position": shown.position,
        "total": attempt.length,
        "answered": attempt.answered,
        "is_final": attempt.is_final,
        "deadline": attempt.deadline_at.isoformat() if attempt.is_timed else None,
        "next_url": next_url,
        "html": None,
        "verdict": None,
    }
    if shown.verdict is None:
        return told
    is_plain = shown.prompt.kind in _PAINTED and not any(o.image for o in shown.prompt.options)
    if is_plain and shown.verdict.tells_key:
        told["verdict"] = _verdict(attempt, shown, next_url)
    else:
        draw_for_nobody()
        page = take_page(None, attempt, shown)
        told["html"] = render_template("quizzes/_taken.html", page=page)
    return told


def _verdict(attempt: service.AttemptView, shown: service.Shown, next_url: str) -> dict[str, Any]:
    shows = panel(attempt, shown, next_url)
    verdict = shown.verdict
    assert verdict is not None
    return {
        "is_correct": shows.is_correct,
        "marks": {o.id: mark_of(o.id, verdict.compared) for o in shown.prompt.options},
        "word": shows.word,
        "detail": shows.detail,
        "lead": shows.lead,
        "explanation": shows.explanation,
        "source": shows.source,
        "source_url": shows.source_url,
        "report_url": url_for(
            "items.report", attempt_id=attempt.public_id, position=shown.position
        ),
        "feedback": verdict.compared.feedback,
        "next_label": shows.next_label,
    }


@bp.post("/answers/batch")
@allow(Permission.TAKE_PART)
def answer_batch() -> Any:
    """Store what a device kept while it had no network; each answer by itself, in order."""
    sent = _object(request.get_json(silent=True)).get("answers")
    if not isinstance(sent, list) or len(sent) > MOST_AT_ONCE:
        return _problem(422, _("Send at most %(n)s answers at once.", n=MOST_AT_ONCE))
    return jsonify(results=[_one_of_batch(_object(each)) for each in sent])


def _one_of_batch(sent: dict[str, Any]) -> dict[str, Any]:
    uuid = _text(sent.get("uuid"), 64)
    position = sent.get("position")
    try:
        if not isinstance(position, int):
            raise LookupError("no position")
        answered = service.answer(
            viewer(),
            _text(sent.get("attempt"), 40),
            _submission(sent, position),
        )
    except LookupError:
        message = _("This question is not among yours. The answer was not taken.")
        return {"uuid": uuid, "state": "refused", "is_late": False, "message": message}
    except Refusal as refusal:
        if refusal.status == 503:
            raise
        return {"uuid": uuid, "state": "refused", "is_late": False, "message": refusal.message}
    return {"uuid": uuid, "state": answered.state, "is_late": answered.is_late, "message": None}


@bp.get("/attempts/<attempt_id>")
@allow(Permission.TAKE_PART)
def attempt_set(attempt_id: str) -> Any:
    """Return what an open set still asks, without its keys, for answering without a network.

    A set that was finished before the device asked has no questions left; that is no error.
    """
    attempt = own_attempt(attempt_id)
    asked = () if attempt.is_final else service.list_shown(attempt)
    pages = [take_page(viewer(), attempt, shown) for shown in asked]
    return jsonify(
        attempt=attempt.public_id,
        mode=attempt.mode,
        total=attempt.length,
        deadline=attempt.deadline_at.isoformat() if attempt.is_timed else None,
        now=clock.now().isoformat(),
        answered=attempt.answered,
        questions=[
            {
                "position": page.position,
                "html": render_template("quizzes/_taken.html", page=page),
            }
            for page in pages
            if page.verdict is None
        ],
    )


def _submission(sent: dict[str, Any], position: int) -> service.Submission:
    given = sent.get("given")
    values = given if isinstance(given, list) else []
    sequence = sent.get("sequence")
    is_number = isinstance(sequence, int) and 0 <= sequence < 2**53
    confident = sent.get("confident")
    return service.Submission(
        position=position,
        options=tuple(_text(value, MAX_VALUE) for value in values[:MAX_VALUES]),
        uuid=_text(sent.get("uuid"), 64),
        ticket=_text(sent.get("ticket"), 400),
        sequence=sequence if is_number else None,
        claimed_at=service.claimed(sent.get("claimed_at")),
        is_confident=confident if isinstance(confident, bool) else None,
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _problem(status: int, message: str, *, field: str | None = None) -> Response:
    """Return what went wrong as problem details (RFC 9457), with a message for the person."""
    response = jsonify(status=status, title=message, message=message, field=field)
    response.status_code = status
    response.mimetype = "application/problem+json"
    if status == 503:
        response.headers["Retry-After"] = "3"
    return response
