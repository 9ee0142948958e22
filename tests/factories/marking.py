"""Exams with texts that people mark: the exam, markers, and attempts that wait for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from uuid import uuid4

from sqlalchemy import select

from question_bank.assembly import blueprint_to_dict, simple
from question_bank.grading import NOTHING, NeedsMarking, grade
from question_bank.items import Item
from question_bank.responses import read_response
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import atomic, db
from quizapp.items import service as items
from quizapp.items.models import Item as StoredItem
from quizapp.org import service as org
from quizapp.quizzes.events import AttemptFinished
from quizapp.quizzes.models import (
    Appeal,
    Attempt,
    Form,
    FormItem,
    QuizBlueprint,
    Response,
    Script,
)
from quizapp.quizzes.service.marking import appealing, queue, saving, scripts, settling
from quizapp.quizzes.service.marking.marks import Given
from tests.factories import bank, people
from tests.question_bank.samples import DRAFTS, ITEMS, item

ESSAY = ITEMS["essay"]  # two criteria, of 1 and of 2 points
CASE = item("case", parts=(DRAFTS["case"].parts[0], DRAFTS["essay"]))
TOLD = "verdict,explanation,key,source"
_number = count(1)


@dataclass(frozen=True)
class Exam:
    """An exam of company A: its ids, and the versions of its items in order."""

    id: int
    public_id: str
    versions: tuple[int, ...]


def stored(organisation_id: int, shown: Sequence[Item]) -> tuple[int, ...]:
    """Store and approve items and return the ids of their versions."""
    theme = f"exam-{next(_number)}"
    pack = bank.pack(len(shown), theme=theme)
    whole = replace(
        pack,
        items=tuple(
            replace(entry, item=each) for entry, each in zip(pack.items, shown, strict=True)
        ),
    )
    items.load_packs(organisation_id, [whole])
    items.approve_for_demo(organisation_id)
    found = db.session.execute(
        select(StoredItem.uid, StoredItem.current_version_id).where(
            StoredItem.uid.like(f"{theme}-%")
        )
    )
    versions = dict(found.all())
    return tuple(versions[entry.uid] for entry in whole.items)


@atomic
def exam(
    world: people.World,
    shown: Sequence[Item] = (ESSAY, ITEMS["single"]),
    *,
    markers: int = 1,
    unit_id: int | None = None,
    cut_score: float | None = 0.6,
    tells_after: str = TOLD,
    **values: object,
) -> Exam:
    """Publish an exam of a unit, the team's plant unless another one is given."""
    # Counted in the database: Today names open quizzes, and two worlds alike have to read alike.
    earlier = db.session.query(QuizBlueprint).filter_by(mode="exam").count()
    quiz = QuizBlueprint(
        organisation_id=world.organisation,
        unit_id=unit_id or world.plant,
        mode="exam",
        name=f"安全考试{earlier + 1}",
        rules=json.dumps(blueprint_to_dict(simple(len(shown)))),
        markers=markers,
        cut_score=cut_score,
        tells_after=tells_after,
        tells_closed=TOLD,
        **values,
    )
    db.session.add(quiz)
    db.session.flush()
    return Exam(quiz.id, quiz.public_id, stored(world.organisation, shown))


@atomic
def marker(world: people.World, name: str, unit_id: int | None = None) -> int:
    """Add an organiser who may mark below a unit, the whole company unless one is given."""
    root = org.find_unit_by_code(world.organisation, "A")
    assert root
    number = f"7{next(_number):04}"
    return people.person(world.organisation, unit_id or root.id, name, number, role=Role.ORGANISER)


@atomic
def sat(person_id: int, of: Exam, given: Sequence[Sequence[str] | None], *, late: int = 0) -> str:
    """Let a person hand in an exam with these values and return the attempt's public id.

    ``late`` is a position that came after the deadline.
    """
    form = Form(blueprint_id=of.id, seed=f"s{next(_number)}", length=len(of.versions))
    db.session.add(form)
    db.session.flush()
    viewer = people.viewer(person_id)
    attempt = Attempt(
        person_id=person_id,
        blueprint_id=of.id,
        form_id=form.id,
        unit_id=viewer.unit_id,
        mode="exam",
        slot=f"quiz:{of.id}:{next(_number)}",
        day=org.today(viewer.organisation_id),
        length=len(of.versions),
        started_at=clock.now() - timedelta(hours=1),
        deadline_at=clock.now(),
        state="finished",
        finished_at=clock.now(),
        score=0.0,
    )
    db.session.add(attempt)
    db.session.flush()
    for position, (version_id, values) in enumerate(zip(of.versions, given, strict=True), 1):
        _show(attempt, position, version_id, values, is_late=position == late)
    db.session.flush()
    scripts.hand_over(attempt.id)
    return attempt.public_id


def _show(
    attempt: Attempt,
    position: int,
    version_id: int,
    values: Sequence[str] | None,
    *,
    is_late: bool,
) -> None:
    found = items.get_stored(version_id)
    db.session.add(
        FormItem(
            form_id=attempt.form_id,
            position=position,
            item_id=found.item_id,
            item_version_id=version_id,
            option_seed=1,
        )
    )
    if values is None:
        return
    try:
        score, is_pending = grade(found.item, read_response(found.item, values)), False
    except NeedsMarking:
        score, is_pending = NOTHING, True
    if not is_late:
        attempt.score = (attempt.score or 0.0) + score.points
        attempt.awaits_marking = attempt.awaits_marking or is_pending
    db.session.add(
        Response(
            attempt_id=attempt.id,
            position=position,
            item_version_id=version_id,
            submission_uuid=str(uuid4()),
            given=json.dumps(list(values), ensure_ascii=False),
            score=score.points,
            is_correct=score.is_correct,
            is_late=is_late,
            is_pending=is_pending,
        )
    )


def answers(of: Exam, text: str, *, is_right: bool = True) -> list[Sequence[str]]:
    """Return values for an exam of an essay and a choice."""
    key = sorted(items.get_stored(of.versions[1]).item.key_ids)  # type: ignore[union-attr]
    others = sorted(
        items.get_stored(of.versions[1]).item.option_ids - set(key)  # type: ignore[union-attr]
    )
    return [[text], key if is_right else others[:1]]


def mark_next(marker_id: int, of: Exam, *points: float, comment: str = "", note: str = "") -> str:
    """Let a marker take the next text of an exam and mark it; return the script's name."""
    viewer = people.viewer(marker_id)
    script_id = queue.claim_next(viewer, of.public_id)
    assert script_id, "nothing is left to mark"
    saving.save_mark(viewer, of.public_id, script_id, Given((points,), comment, note))
    return script_id


def settle(minutes: int = 11) -> int:
    """Let so many minutes pass and settle what is due; return how many attempts were."""
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        return settling.settle_due()


def appealed(person_id: int, of: Exam) -> str:
    """Let a person appeal against the score of their choice and return the appeal's name."""
    attempt_id = sat(person_id, of, [None, answers(of, "", is_right=False)[1]])
    appealing.appeal(people.viewer(person_id), attempt_id, 2, "题目两种理解都通。")
    return db.session.scalars(
        select(Appeal.public_id)
        .join(Response, Response.id == Appeal.response_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.public_id == attempt_id)
    ).one()


def attempt_of(public_id: str) -> Attempt:
    """Return an attempt as it is now."""
    db.session.expire_all()
    return db.session.scalars(select(Attempt).where(Attempt.public_id == public_id)).one()


def responses_of(public_id: str) -> list[Response]:
    """Return the responses of an attempt, in order."""
    return list(
        db.session.scalars(
            select(Response)
            .join(Attempt, Attempt.id == Response.attempt_id)
            .where(Attempt.public_id == public_id)
            .order_by(Response.position)
        )
    )


def script_of(public_id: str) -> Script:
    """Return the one script of an attempt."""
    return db.session.scalars(
        select(Script)
        .join(Attempt, Attempt.id == Script.attempt_id)
        .where(Attempt.public_id == public_id)
    ).one()


def told(facts: list[object]) -> list[AttemptFinished]:
    """Return the announcements of results among facts."""
    return [fact for fact in facts if isinstance(fact, AttemptFinished)]
