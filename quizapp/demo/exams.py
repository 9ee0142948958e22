"""An exam of the demo with a short essay: some answers are marked, most wait for the organiser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from question_bank.assembly import Blueprint, Rule, Section
from question_bank.examples import right_values, wrong_values
from question_bank.items import Item
from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.org import service as org
from quizapp.org.models import Membership, Unit
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import authoring
from quizapp.quizzes.service.marking import queue, saving
from quizapp.quizzes.service.marking.marks import Given

from . import bank, names
from .quizzes import SAFETY

NAME = "四季度安全操作考试"
DAYS = 14
TELLS = (rules.VERDICT, rules.EXPLANATION, rules.KEY, rules.SOURCE)

# What people of the home team wrote, each about the pallets in the passage.
TEXTS = (
    "能搬的先搬回待修区，搬不动的拉上警示带，请旁边的同事看一下。然后马上告诉班长，说清是二号通道南头，堵了一半。"
    "通道是出事时跑出去的路，堵住人就出不来。",
    "报告班长。",
    "我会先拍照发到班组群，等班长安排。因为通道不能堵。",
    "先看是哪家的托盘，打电话让他们来清。等的时候我站在那里提醒过路的人。清完再报告安全员，地点写在点检表上。",
    "用叉车把托盘叉走，叉之前看周围有没有人。叉完告诉安全员，请他查是谁放的。",
    "先报告班长和安全员，说清位置和数量，再按他们说的清理；清完以前拉警示带。因为抢救和疏散都要走这里。",
    "绕开走，下班前提一句。",
)
# What the safety trainer gave the first of them in the order of the queue.
MARKS = (
    Given(((2.0, 1.5, 1.0),), "处置、报告、理由都写到了。再写上数量就更好。"),
    Given(((0.5, 1.0, 0.0),), "报告写到了，请再想想：报告之前能先做什么？"),
)


def write(organisation_id: int) -> None:
    """Publish the exam, let people of the home team hand it in, and mark two of the answers."""
    organiser = bank.as_role(organisation_id, names.ORGANISER, Role.ORGANISER)
    quiz_id = _publish(organiser)
    for place, (learner, text) in enumerate(zip(_learners(organisation_id), TEXTS, strict=False)):
        _sit(learner, quiz_id, text, place)
    trainer = bank.as_role(organisation_id, names.TRAINER, Role.SAFETY_TRAINER)
    for given in MARKS:
        script_id = queue.claim_next(trainer, quiz_id)
        if script_id:
            saving.save_mark(trainer, quiz_id, script_id, given)


def _publish(organiser: Viewer) -> str:
    root = org.find_unit_by_code(organiser.organisation_id, "JC")
    assert root is not None
    new = authoring.NewQuiz(rules.EXAM, NAME, root.public_id)
    quiz_id = authoring.create_quiz(organiser, new)
    topics = frozenset({SAFETY})
    asked = (Rule(4, topics, frozenset({"single"})), Rule(1, topics, frozenset({"essay"})))
    authoring.save_rules(organiser, quiz_id, Blueprint((Section("", asked),)), 1)
    sheet = authoring.get_sheet(organiser, quiz_id)
    closes_at = clock.now() + timedelta(days=DAYS)
    authoring.save_settings(
        organiser,
        quiz_id,
        authoring.Settings(
            name=NAME,
            opens_at=None,
            closes_at=closes_at.replace(minute=0, second=0, microsecond=0),
            limit_seconds=sheet.limit_seconds,
            grace_seconds=sheet.grace_seconds,
            attempts_allowed=sheet.attempts_allowed,
            cut_score=0.6,
            tells=((), TELLS, TELLS),
        ),
    )
    authoring.publish(organiser, quiz_id)
    return quiz_id


def _learners(organisation_id: int) -> list[Viewer]:
    """Return people of the home team, the leader first, without who has yet to read the notice."""
    rows = db.session.execute(
        select(Person, Unit.path)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Person.organisation_id == organisation_id,
            Person.consent != "unasked",
            Unit.name == names.HOME_TEAM,
        )
        .order_by(Person.employee_number != names.LEADER[1], Person.id)
        .limit(len(TEXTS))
    ).all()
    return [bank.as_viewer(person, path, Role.EMPLOYEE) for person, path in rows]


def _sit(learner: Viewer, quiz_id: str, text: str, place: int) -> None:
    """Let a person take the exam; every third choice is a wrong one."""
    attempt_id = quizzes.start(learner, quiz_id)
    attempt = quizzes.get_attempt(learner, attempt_id)
    asked = [
        items.get_stored(quizzes.get_shown(attempt, position).version_id).item
        for position in range(1, attempt.length + 1)
    ]
    for position, values in enumerate(give(asked, text, place), start=1):
        quizzes.answer(learner, attempt_id, quizzes.Submission(position, values, str(uuid4())))
    quizzes.hand_in(learner, attempt_id)


def give(asked: Sequence[Item], text: str, place: int) -> Iterator[tuple[str, ...]]:
    """Yield what a person gives to each question; ``place`` says which choices are wrong.

    Choices are counted apart from the essay, which may stand anywhere among them.
    """
    choices = 0
    for item in asked:
        if item.kind == "essay":
            yield (text,)
            continue
        choices += 1
        wrong = wrong_values(item, place) if (place + choices) % 3 == 0 else None
        yield tuple(wrong or right_values(item) or ())
