"""Starting an attempt: who may, how often, with which form, until when."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, exists, func, literal, or_, select

from question_bank.assembly import Blueprint, Rule, Section, blueprint_from_dict
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert, lock_for_command
from quizapp.core.forms import Refusal
from quizapp.core.security import public_id
from quizapp.items import service as items
from quizapp.mastery import service as mastery
from quizapp.org import rules as days

from .. import rules
from ..models import OPEN, PUBLISHED, Accommodation, Attempt, Audience, QuizBlueprint
from . import forming
from .forming import Memory
from .settings import BUILT_IN_RULES, Quiz, built_in, to_quiz

STARTING = 7003  # class of the advisory locks, one per person


@atomic
def start_daily(viewer: Viewer) -> str:
    """Return the public id of today's daily set, assembled now unless it was before.

    Two taps, two tabs and two devices get the same set. Raises Refusal when the pool is empty.
    """
    lock_for_command(STARTING, viewer.id)
    now = clock.now()
    day = days.learning_day(now, viewer.time_zone)
    slot = rules.daily_slot(day)
    seen, known = forming.recent(viewer.id, day)
    if slot in known:
        return known[slot]
    recalled = mastery.recall(viewer.id, day, items.get_pool(viewer.organisation_id, day))
    memory = Memory({**recalled.seen, **seen}, recalled.due[: rules.DAILY_DUE], recalled.retest)
    return _open(
        viewer,
        built_in(viewer.organisation_id, rules.DAILY),
        rules.DAILY,
        BUILT_IN_RULES[rules.DAILY],
        memory,
        seed=f"{slot}:{viewer.public_id}",
        slot=slot,
        day=day,
        started_at=now,
        deadline_at=rules.daily_deadline(days.day_closes_at(day, viewer.time_zone)),
    )


@atomic
def start_challenge(viewer: Viewer) -> str:
    """Return the public id of the viewer's open challenge, or of a new one."""
    return _start_free(viewer, rules.CHALLENGE)


@atomic
def start_practice(viewer: Viewer) -> str:
    """Return the public id of the viewer's open practice set, or of a new one: five fresh items."""
    return _start_free(viewer, rules.PRACTICE)


@atomic
def start_mistakes(viewer: Viewer) -> str:
    """Return the public id of the viewer's open review of mistakes, or of a new one.

    Raises Refusal when nothing is to be reviewed at present.
    """
    day = days.learning_day(clock.now(), viewer.time_zone)
    due = mastery.list_due(viewer.id, day, rules.MISTAKES_COUNT)
    return _start_free(viewer, rules.MISTAKES, due=due)


def _start_free(viewer: Viewer, mode: str, due: list[int] | None = None) -> str:
    """Start one of the modes that a person may take at any time, one at a time, without points."""
    lock_for_command(STARTING, viewer.id)
    now = clock.now()
    day = days.learning_day(now, viewer.time_zone)
    blueprint_id = built_in(viewer.organisation_id, mode)
    known, number, today = db.session.execute(_so_far(viewer.id, blueprint_id, day)).one()
    if known:
        return known
    _check_rate(today)
    seen, _slots = forming.recent(viewer.id, day)
    memory = Memory(seen)
    blueprint = BUILT_IN_RULES[mode]
    if due is not None:
        if not due:
            raise Refusal(_("Nothing is due. Everything that was wrong is mastered for now."))
        memory = Memory(seen, due)
        blueprint = Blueprint((Section("", (Rule(len(due)),)),), most_repeats=0)
    return _open(
        viewer,
        blueprint_id,
        mode,
        blueprint,
        memory,
        seed=f"{mode}:{viewer.public_id}:{number + 1}",
        slot=rules.quiz_slot(blueprint_id, number + 1),
        number=number + 1,
        day=day,
        started_at=now,
        deadline_at=rules.daily_deadline(days.day_closes_at(day, viewer.time_zone)),
    )


def _so_far(person_id: int, blueprint_id: int, day: date) -> Select[Any]:
    """Select a person's open attempt at a quiz, the number of attempts, and starts of today."""
    mine = and_(Attempt.person_id == person_id, Attempt.blueprint_id == blueprint_id)
    return select(
        select(Attempt.public_id).where(mine, Attempt.state == OPEN).limit(1).scalar_subquery(),
        select(func.coalesce(func.max(Attempt.number), 0)).where(mine).scalar_subquery(),
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.person_id == person_id, Attempt.day == day)
        .scalar_subquery(),
    )


def _check_rate(today: int) -> None:
    if today >= rules.STARTS_A_DAY:
        raise Refusal(_("That was plenty for today. Tomorrow at 6:00 you can go on."), status=429)


@atomic
def start(viewer: Viewer, quiz_id: str) -> str:
    """Return the public id of the viewer's open attempt at a quiz, or of a new one.

    Raises LookupError for a quiz that is not for the viewer, Refusal when it has not begun, has
    closed, or allows no further attempt.
    """
    lock_for_command(STARTING, viewer.id)
    now = clock.now()
    day = days.learning_day(now, viewer.time_zone)
    row = db.session.execute(_wanted_quiz(viewer, quiz_id, day)).first()
    if row is None:
        raise LookupError(f"quiz {quiz_id}")
    if row.open_attempt:
        return row.open_attempt
    quiz = to_quiz(row)
    _check_open(quiz, row.number, now)
    _check_rate(row.today)
    factor = 1.0 if row.factor is None else row.factor
    ends_at = rules.daily_deadline(days.day_closes_at(day, viewer.time_zone))
    return _open(
        viewer,
        quiz.id,
        quiz.mode,
        blueprint_from_dict(json.loads(quiz.rules)),
        Memory(forming.recent(viewer.id, day)[0]),
        seed=f"{quiz.public_id}:{viewer.public_id}:{row.number + 1}",
        slot=rules.quiz_slot(quiz.id, row.number + 1),
        number=row.number + 1,
        day=day,
        started_at=now,
        deadline_at=rules.deadline(
            now,
            limit_seconds=quiz.limit_seconds,
            factor=factor,
            closes_at=quiz.closes_at,
            otherwise=ends_at if quiz.mode not in rules.MARKED else now + rules.UNTIMED_KEPT,
        ),
        grace_seconds=quiz.grace_seconds,
        is_timed=quiz.limit_seconds is not None and factor != 0,
    )


def _wanted_quiz(viewer: Viewer, quiz_id: str, day: date) -> Select[Any]:
    """Select a published quiz that is for the viewer, with their attempts and accommodation."""
    mine = and_(Attempt.person_id == viewer.id, Attempt.blueprint_id == QuizBlueprint.id)
    return select(
        QuizBlueprint.__table__,
        select(Attempt.public_id)
        .where(mine, Attempt.state == OPEN)
        .limit(1)
        .scalar_subquery()
        .label("open_attempt"),
        select(func.coalesce(func.max(Attempt.number), 0))
        .where(mine)
        .scalar_subquery()
        .label("number"),
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.person_id == viewer.id, Attempt.day == day)
        .scalar_subquery()
        .label("today"),
        select(Accommodation.factor)
        .where(Accommodation.person_id == viewer.id)
        .scalar_subquery()
        .label("factor"),
    ).where(QuizBlueprint.public_id == quiz_id, *is_for(viewer))


def is_for(viewer: Viewer) -> tuple[Any, ...]:
    """Return the conditions of quizzes that a person may take: published, and for them.

    For everybody when no audience is named; else for the units on the person's path, and of these
    for who has the role that is named.
    """
    path = viewer.unit_path or "/"
    units = [int(part) for part in path.strip("/").split("/") if part]
    of_quiz = Audience.blueprint_id == QuizBlueprint.id
    has_role = or_(Audience.role == "", Audience.role.in_(sorted(viewer.roles)))
    return (
        QuizBlueprint.organisation_id == viewer.organisation_id,
        QuizBlueprint.mode.in_(rules.AUTHORED),
        QuizBlueprint.state.in_((PUBLISHED, "closed")),
        or_(
            ~exists(select(literal(1)).where(of_quiz)),
            exists(select(literal(1)).where(of_quiz, Audience.unit_id.in_(units), has_role)),
        ),
    )


def _check_open(quiz: Quiz, attempts: int, now: datetime) -> None:
    if quiz.opens_at and now < quiz.opens_at:
        raise Refusal(_("This quiz has not begun yet. You find it under Tasks once it has."))
    if quiz.is_closed(now):
        raise Refusal(_("This quiz is closed. What you handed in is kept under Past sets."))
    if quiz.attempts_allowed is not None and attempts >= quiz.attempts_allowed:
        raise Refusal(_("You have used all attempts at this quiz. The best one counts."))


def _open(
    viewer: Viewer,
    blueprint_id: int,
    mode: str,
    blueprint: Blueprint,
    memory: Memory,
    *,
    seed: str,
    slot: str,
    day: date,
    started_at: datetime,
    deadline_at: datetime,
    number: int = 1,
    grace_seconds: int = 0,
    is_timed: bool = False,
) -> str:
    """Draw and store a form, and open an attempt at it; return the attempt's public id."""
    picks = forming.draw(viewer.organisation_id, mode, blueprint, seed, day, memory)
    form_id = forming.store_form(blueprint_id, seed, picks, memory)
    name = public_id()
    db.session.execute(
        insert(Attempt),
        {
            "public_id": name,
            "person_id": viewer.id,
            "blueprint_id": blueprint_id,
            "form_id": form_id,
            "unit_id": viewer.unit_id,
            "mode": mode,
            "slot": slot,
            "number": number,
            "day": day,
            "length": len(picks),
            "started_at": started_at,
            "deadline_at": deadline_at,
            "grace_seconds": grace_seconds,
            "is_timed": is_timed,
        },
    )
    return name
