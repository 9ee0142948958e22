"""Attempts that are final, written as rows: who answered what, on which day, and how well."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import select

from question_bank.assembly import blueprint_to_dict, simple
from question_bank.grading import grade
from question_bank.responses import read_response
from quizapp.core.db import atomic, db
from quizapp.items.models import Item
from quizapp.items.service import get_stored
from quizapp.quizzes.models import (
    CLOSED,
    FINISHED,
    Attempt,
    Form,
    FormItem,
    QuizBlueprint,
    Response,
)
from tests.factories import people

Given = Sequence[str] | None  # None: no response


def versions(organisation_id: int, number: int, kind: str = "single") -> list[int]:
    """Return the current versions of the first items of a kind."""
    found = db.session.scalars(
        select(Item.current_version_id)
        .where(Item.organisation_id == organisation_id, Item.kind == kind)
        .order_by(Item.id)
        .limit(number)
    )
    return [version_id for version_id in found if version_id]


def right(version_id: int) -> tuple[str, ...]:
    """Return the key of a version."""
    return tuple(sorted(get_stored(version_id).item.key_ids))


def wrong(version_id: int, place: int = 0) -> tuple[str, ...]:
    """Return a wrong option of a version."""
    item = get_stored(version_id).item
    others = sorted(item.option_ids - item.key_ids)
    return (others[place % len(others)],)


@atomic
def final_set(
    person_id: int,
    day: date,
    given: Sequence[tuple[int, Given]],
    *,
    rapid: Sequence[int] = (),
    late: Sequence[int] = (),
) -> int:
    """Write a final attempt with (version, given options) in order; return its id.

    ``rapid`` and ``late`` are positions. An attempt with a gap was closed, not finished.
    """
    form = Form(blueprint_id=_blueprint(person_id), seed="s", length=len(given))
    db.session.add(form)
    db.session.flush()
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    attempt = Attempt(
        person_id=person_id,
        form_id=form.id,
        blueprint_id=form.blueprint_id,
        mode="practice",
        day=day,
        length=len(given),
        started_at=at,
        deadline_at=at,
        state=CLOSED if any(options is None for _v, options in given) else FINISHED,
        finished_at=at,
    )
    db.session.add(attempt)
    db.session.flush()
    total = 0.0
    for position, (version_id, options) in enumerate(given, 1):
        stored = get_stored(version_id)
        db.session.add(
            FormItem(
                form_id=form.id,
                position=position,
                item_id=stored.item_id,
                item_version_id=version_id,
                option_seed=1,
            )
        )
        if options is None:
            continue
        score = grade(stored.item, read_response(stored.item, options))
        total += 0.0 if position in late else score.points
        db.session.add(
            Response(
                attempt_id=attempt.id,
                position=position,
                item_version_id=version_id,
                submission_uuid=str(uuid4()),
                given=json.dumps(list(options)),
                score=score.points,
                is_correct=score.is_correct,
                is_rapid=position in rapid,
                is_late=position in late,
            )
        )
    attempt.score = total
    return attempt.id


def _blueprint(person_id: int) -> int:
    organisation_id = people.viewer(person_id).organisation_id
    known = db.session.scalar(
        select(QuizBlueprint.id).where(QuizBlueprint.organisation_id == organisation_id)
    )
    if known is None:
        made = QuizBlueprint(
            organisation_id=organisation_id,
            mode="test",
            name="t",
            rules=json.dumps(blueprint_to_dict(simple(1))),
        )
        db.session.add(made)
        db.session.flush()
        known = made.id
    return known


@atomic
def crowd(world: people.World, number: int) -> list[int]:
    """Add people to Bob's team and return their ids."""
    return [
        people.person(world.organisation, world.team, f"众{place}", f"8{place:04}")
        for place in range(number)
    ]


@atomic
def history(
    people_ids: Sequence[int],
    days: Sequence[date],
    version_ids: Sequence[int],
    *,
    miskeyed: int | None = None,
    seed: int = 4,
) -> None:
    """Let people answer the versions once each, spread over the days: the abler, the better.

    To ``miskeyed`` the abler rather give the first wrong option: its key must be wrong.
    """
    dice = random.Random(seed)
    for place, person_id in enumerate(people_ids):
        ability = place / len(people_ids)
        given = []
        for version_id in version_ids:
            is_right = dice.random() < 0.15 + 0.8 * ability
            if version_id == miskeyed:
                options = wrong(version_id) if is_right else dice.choice([right(version_id)])
            else:
                options = right(version_id) if is_right else wrong(version_id, dice.randrange(3))
            given.append((version_id, options))
        final_set(person_id, days[place % len(days)], given)
