"""The page before a quiz: what it is, how long it takes, and what is told when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.lists import format_list
from flask import abort, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from quizapp.accounts.access import allow, viewer
from quizapp.accounts.permissions import Permission
from quizapp.core import clock
from quizapp.points import service as points

from .. import rules, service
from .blueprint import bp


@dataclass(frozen=True)
class OfferPage:
    """A quiz for a person, in words; ``points`` are earned by passing it first, 0 for none."""

    offer: service.Offer
    state: str
    now: datetime
    minutes: int | None
    about_minutes: int
    tells: list[tuple[str, str]]
    points: int
    latest: service.PastAttempt | None


@bp.get("/quiz/<quiz_id>")
@allow(Permission.TAKE_PART)
def show(quiz_id: str) -> Any:
    """Show what a quiz is before it is begun."""
    try:
        offer = service.get_quiz(viewer(), quiz_id)
    except LookupError:
        abort(404)
    return render_template("quizzes/show.html", page=_page(offer))


@bp.post("/quiz/<quiz_id>/start")
@allow(Permission.TAKE_PART)
def begin(quiz_id: str) -> Any:
    """Begin an attempt at a quiz, or go on with the open one."""
    try:
        attempt_id = service.start(viewer(), quiz_id)
    except LookupError:
        abort(404)
    return redirect(url_for("quizzes.take", attempt_id=attempt_id), 303)


def _page(offer: service.Offer) -> OfferPage:
    now = clock.now()
    quiz = offer.quiz
    limit = offer.limit_seconds
    past = service.list_past(viewer(), blueprint_id=quiz.id).attempts if offer.attempts else []
    return OfferPage(
        offer=offer,
        state=offer.state_at(now),
        now=now,
        minutes=None if limit is None else max(1, round(limit / 60)),
        about_minutes=max(1, round(offer.length * rules.SECONDS_AN_ITEM / 60)),
        tells=_tells(quiz),
        points=_points(quiz, now),
        latest=past[0] if past else None,
    )


def _points(quiz: service.Quiz, now: datetime) -> int:
    """Return what passing earns the first time."""
    if quiz.mode not in rules.EARNING or quiz.cut_score is None:
        return 0
    rule = points.rules_on(viewer().organisation_id, now.date()).rule("quiz_passed")
    return rule.points if rule else 0


def _tells(quiz: service.Quiz) -> list[tuple[str, str]]:
    """Return when what is told, as pairs of words; phases that tell the same are one."""
    during, after, closed = (
        _parts(quiz.tells[phase]) for phase in (rules.DURING, rules.AFTER, rules.CLOSED)
    )
    lines = []
    if during:
        lines.append((_("After each answer"), during))
    if after != during or not after:
        lines.append((_("After handing in"), after or _("nothing yet")))
    if quiz.closes_at and closed != after:
        lines.append((_("Once it has closed"), closed or _("nothing more")))
    return lines


def _parts(told: frozenset[str]) -> str:
    words = [
        word
        for part, word in (
            (rules.VERDICT, _("right or not")),
            (rules.KEY, _("the answer")),
            (rules.EXPLANATION, _("the explanation")),
            (rules.SOURCE, _("the source")),
        )
        if part in told
    ]
    return format_list(words, locale=get_locale()) if words else ""
