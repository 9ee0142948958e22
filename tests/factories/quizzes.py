"""Published quizzes for tests, and answers as a page's script sends them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from question_bank.assembly import Blueprint, Rule, Section, blueprint_to_dict
from quizapp.accounts.access import Viewer
from quizapp.core.db import atomic, db
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Accommodation, Audience, QuizBlueprint
from tests.factories import season

NOTHING = ""
ALL = rules.told(rules.EVERYTHING)
WITHOUT_KEY = rules.told({rules.VERDICT, rules.EXPLANATION})


@atomic
def publish(
    organisation_id: int,
    mode: str = rules.THEMED,
    *,
    count: int = 3,
    units: tuple[int, ...] = (),
    role: str = "",
    name: str = "安全生产专题",
    **columns: Any,
) -> QuizBlueprint:
    """Publish a quiz of ``count`` items of the bank, for everybody or for some units."""
    values: dict[str, Any] = {
        "tells_during": ALL if mode == rules.THEMED else NOTHING,
        "tells_after": ALL,
        "tells_closed": ALL,
        "cut_score": 0.6,
        "legal_basis": "《测试法》第一条" if mode == rules.STATUTORY else "",
    }
    quiz = QuizBlueprint(
        organisation_id=organisation_id,
        mode=mode,
        name=name,
        rules=json.dumps(blueprint_to_dict(Blueprint((Section("", (Rule(count),)),)))),
        **{**values, **columns},
    )
    db.session.add(quiz)
    db.session.flush()
    for unit_id in units:
        db.session.add(Audience(blueprint_id=quiz.id, unit_id=unit_id, role=role))
    db.session.flush()
    return quiz


@atomic
def accommodate(person_id: int, factor: float) -> None:
    """Give a person more time."""
    db.session.add(Accommodation(person_id=person_id, factor=factor))


def sent(
    viewer: Viewer, attempt_id: str, position: int, options: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """Return an answer as the script sends it, with the ticket of the question; right if asked."""
    attempt = quizzes.get_attempt(viewer, attempt_id)
    shown = quizzes.get_shown(attempt, position)
    return {
        "ticket": quizzes.ticket_for(viewer, attempt, shown),
        "uuid": str(uuid4()),
        "given": list(options or season.right_options(attempt_id, position)),
        "sequence": 1,
        "claimed_at": None,
        "confident": None,
        **more,
    }


def milliseconds(at: datetime) -> int:
    """Return a moment as a device names it."""
    return round(at.timestamp() * 1000)
