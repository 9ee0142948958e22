"""Writing a quiz: create, save its rules and its settings, duplicate, delete."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select

from question_bank.assembly import Blueprint, Rule, Section, blueprint_to_dict
from quizapp.accounts.access import Viewer
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.org import rules as org_rules
from quizapp.org import service as org

from ... import rules
from ...models import DRAFT, Audience, QuizBlueprint
from .sheets import ASSEMBLE, fetch

MOST_NAME = 80
MOST_ITEMS = 200
MOST_ROWS = 40
TELLS = (rules.VERDICT, rules.KEY, rules.EXPLANATION, rules.SOURCE)  # as the desk lists them
_ALL = rules.told(rules.EVERYTHING)


@dataclass(frozen=True)
class NewQuiz:
    """What is asked of a new quiz. ``topics`` are names, empty for any; statutory needs a basis."""

    mode: str
    name: str
    unit_public_id: str
    count: int = 10
    topics: frozenset[str] = frozenset()
    legal_basis: str = ""


@dataclass(frozen=True)
class Settings:
    """When and how a quiz is taken, and what it tells; moments are aware.

    ``limit_seconds`` None: no clock; ``attempts_allowed`` None: any number; ``cut_score`` None:
    nothing to pass. ``tells`` are those of ``TELLS`` during, after and once closed.
    """

    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    limit_seconds: int | None
    grace_seconds: int
    attempts_allowed: int | None
    cut_score: float | None
    tells: tuple[Collection[str], Collection[str], Collection[str]]
    markers: int = 1
    legal_basis: str = ""


@atomic
def create_quiz(viewer: Viewer, new: NewQuiz) -> str:
    """Create a draft with the usual settings of its mode and return its public id.

    It is for the people of its unit until somebody says otherwise. Raises Refusal for a unit
    outside the viewer's scope, a name that is taken, and a statutory quiz without a legal basis.
    """
    unit = org.find_unit(viewer.organisation_id, new.unit_public_id)
    if unit is None or not viewer.covers(ASSEMBLE, unit.path):
        raise Refusal(_("Choose a unit of your own scope."), field="unit", status=422)
    if new.mode == rules.STATUTORY and not new.legal_basis.strip():
        raise Refusal(
            _("Name the law that asks for this training."), field="legal_basis", status=422
        )
    rule = Rule(new.count, new.topics)
    blueprint = Blueprint((Section("", (rule,)),), spread_topics=not new.topics)
    values = {
        "organisation_id": viewer.organisation_id,
        "unit_id": unit.id,
        "author_id": viewer.id,
        "mode": new.mode,
        "legal_basis": new.legal_basis.strip(),
        "state": DRAFT,
        "rules": _stored(blueprint),
        **_usual(new.mode),
    }
    quiz_id, public_id = _insert(_clean_name(new.name), values)
    db.session.add(Audience(blueprint_id=quiz_id, unit_id=unit.id))
    audit.record("quizzes.created", f"quiz:{public_id}", actor_id=viewer.id, mode=new.mode)
    return public_id


def _usual(mode: str) -> dict[str, object]:
    """Return the settings with which quizzes of a mode begin."""
    if mode == rules.WEEKLY:
        return {
            "closes_at": clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=7),
            "tells_after": _ALL,
            "tells_closed": _ALL,
        }
    if mode == rules.THEMED:
        return {"cut_score": 0.8, "tells_after": _ALL, "tells_closed": _ALL}
    return {
        "limit_seconds": 1800,
        "attempts_allowed": 1,
        "cut_score": 0.6,
        "tells_closed": _ALL,
    }


def _insert(name: str, values: dict[str, object]) -> tuple[int, str]:
    row = db.session.execute(
        insert(QuizBlueprint)
        .values(name=name, **values)
        .on_conflict_do_nothing()
        .returning(QuizBlueprint.id, QuizBlueprint.public_id)
    ).first()
    if row is None:
        raise _name_is_taken(name)
    return row.id, row.public_id


def _name_is_taken(name: str) -> Refusal:
    return Refusal(
        _("There is a quiz named “%(name)s” already. Choose another name.", name=name),
        field="name",
        status=422,
    )


def _clean_name(name: str) -> str:
    cleaned = org_rules.normal_name(name)[:MOST_NAME]
    if not cleaned:
        raise Refusal(_("Give the quiz a name."), field="name", status=422)
    return cleaned


def _stored(blueprint: Blueprint) -> str:
    return json.dumps(blueprint_to_dict(blueprint), ensure_ascii=False)


@atomic
def save_rules(viewer: Viewer, public_id: str, blueprint: Blueprint, revision: int) -> int:
    """Store the rules of a draft and return its new revision.

    ``revision`` is that of the page they were written on: when somebody else has saved since, a
    Refusal says so and nothing is overwritten. Raises Refusal for a form that is too long.
    """
    quiz = fetch(viewer, public_id, is_draft=True)
    if quiz.revision != revision:
        raise Refusal(
            _(
                "Somebody else saved this quiz meanwhile. What you wrote is still on this page: "
                "open the quiz in another tab, compare, and save again."
            )
        )
    if blueprint.count > MOST_ITEMS:
        raise Refusal(
            _("A quiz has at most %(most)s questions.", most=MOST_ITEMS), field="rules", status=422
        )
    text = _stored(blueprint)
    if text != quiz.rules:
        quiz.rules = text
        quiz.revision += 1
    return quiz.revision


@atomic
def save_settings(viewer: Viewer, public_id: str, settings: Settings) -> None:
    """Store the settings of a draft; raise Refusal, at its field, for what makes no sense."""
    quiz = fetch(viewer, public_id, is_draft=True)
    if settings.opens_at and settings.closes_at and settings.closes_at <= settings.opens_at:
        raise Refusal(_("It has to close after it opens."), field="closes_at", status=422)
    if quiz.mode == rules.STATUTORY and not settings.legal_basis.strip():
        raise Refusal(
            _("Name the law that asks for this training."), field="legal_basis", status=422
        )
    name = _clean_name(settings.name)
    if name != quiz.name and _is_known(quiz, name):
        raise _name_is_taken(name)
    quiz.name = name
    quiz.opens_at, quiz.closes_at = settings.opens_at, settings.closes_at
    quiz.limit_seconds, quiz.grace_seconds = settings.limit_seconds, settings.grace_seconds
    quiz.attempts_allowed = settings.attempts_allowed
    quiz.cut_score = settings.cut_score
    quiz.tells_during, quiz.tells_after, quiz.tells_closed = map(_told, settings.tells)
    quiz.markers = settings.markers
    quiz.legal_basis = settings.legal_basis.strip()


def _told(chosen: Collection[str]) -> str:
    return rules.told(rules.EVERYTHING.intersection(chosen))


def _is_known(quiz: QuizBlueprint, name: str) -> bool:
    return (
        db.session.scalar(
            select(QuizBlueprint.id).where(
                QuizBlueprint.organisation_id == quiz.organisation_id,
                QuizBlueprint.mode == quiz.mode,
                QuizBlueprint.name == name,
            )
        )
        is not None
    )


_COPIED = (
    *("organisation_id", "unit_id", "mode", "rules", "limit_seconds", "grace_seconds"),
    *("attempts_allowed", "cut_score", "tells_during", "tells_after", "tells_closed"),
    *("markers", "legal_basis"),
)


@atomic
def duplicate(viewer: Viewer, public_id: str) -> str:
    """Make a draft with the rules, settings and audience of a quiz, without its dates.

    Returns the public id of the copy.
    """
    quiz = fetch(viewer, public_id)
    values = {name: getattr(quiz, name) for name in _COPIED}
    copy_id, copy_public_id = _insert(
        _free_name(quiz), values | {"state": DRAFT, "author_id": viewer.id}
    )
    rows = db.session.execute(
        select(Audience.unit_id, Audience.role).where(Audience.blueprint_id == quiz.id)
    ).all()
    if rows:
        db.session.execute(
            insert(Audience),
            [{"blueprint_id": copy_id, "unit_id": unit, "role": role} for unit, role in rows],
        )
    audit.record("quizzes.duplicated", f"quiz:{copy_public_id}", actor_id=viewer.id, of=public_id)
    return copy_public_id


def _free_name(quiz: QuizBlueprint) -> str:
    """Return the name with the first number behind it that is free."""
    number = 2
    while _is_known(quiz, found := f"{quiz.name[: MOST_NAME - 6]} ({number})"):
        number += 1
    return found


@atomic
def delete_draft(viewer: Viewer, public_id: str) -> None:
    """Delete a quiz that was never published."""
    quiz = fetch(viewer, public_id, is_draft=True)
    db.session.execute(delete(Audience).where(Audience.blueprint_id == quiz.id))
    db.session.delete(quiz)
    audit.record("quizzes.deleted", f"quiz:{public_id}", actor_id=viewer.id, name=quiz.name)
