"""Exams of statutory courses: the quiz behind a course, its paper forms, and who passed it.

The room ``training`` writes them; here they are quizzes like any other. They never earn points.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.assembly import (
    AssembledForm,
    Blueprint,
    assemble,
    blueprint_from_dict,
    blueprint_to_dict,
)
from question_bank.items import Item as BankItem
from question_bank.items import Prompt
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.org import service as org

from ..models import CLOSED, OPEN, PUBLISHED, Attempt, Audience, Form, FormItem, QuizBlueprint
from ..rules import STATUTORY

# Nothing while it is taken; then what was right and why; the key once nobody takes it any more.
TELLS_AFTER = "verdict,explanation,source"
TELLS_CLOSED = "verdict,explanation,key,source"
PAPER = "paper:"


@dataclass(frozen=True, kw_only=True)
class NewExam:
    """What an exam needs: ``limit_seconds`` of time, ``attempts_allowed`` None for any number.

    ``cut_score`` is the share of the score that passes; ``unit_ids`` are whose people take it.
    """

    organisation_id: int
    unit_id: int
    author_id: int
    name: str
    legal_basis: str
    blueprint: Blueprint
    limit_seconds: int
    grace_seconds: int
    attempts_allowed: int | None
    cut_score: float
    unit_ids: tuple[int, ...]


@dataclass(frozen=True)
class Pass:
    """A final attempt at a statutory exam that passed; ``day`` is its learning day."""

    attempt_id: int
    blueprint_id: int
    person_id: int
    unit_id: int | None
    day: date


@dataclass(frozen=True)
class PaperItem:
    """An item of a paper form: as it is printed, and what its key says."""

    prompt: Prompt
    item: BankItem
    letters: str


def draw(organisation_id: int, blueprint: Blueprint, seed: str) -> AssembledForm:
    """Return a form as today's bank gives it; its shortfalls say what the bank lacks."""
    today = org.today(organisation_id)
    return assemble(blueprint, items.get_pool(organisation_id, today), seed, today=today)


@atomic
def open_exam(exam: NewExam) -> int:
    """Write the quiz of a course and return its id; raise Refusal when its name is taken."""
    found: int | None = db.session.scalar(
        insert(QuizBlueprint)
        .values(
            organisation_id=exam.organisation_id,
            unit_id=exam.unit_id,
            author_id=exam.author_id,
            mode=STATUTORY,
            name=exam.name,
            state=PUBLISHED,
            rules=json.dumps(blueprint_to_dict(exam.blueprint), ensure_ascii=False),
            limit_seconds=exam.limit_seconds,
            grace_seconds=exam.grace_seconds,
            attempts_allowed=exam.attempts_allowed,
            cut_score=exam.cut_score,
            tells_after=TELLS_AFTER,
            tells_closed=TELLS_CLOSED,
            legal_basis=exam.legal_basis,
            published_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "mode", "name"])
        .returning(QuizBlueprint.id)
    )
    if found is None:
        raise Refusal(
            _("There is a course called “%(name)s” already.", name=exam.name),
            field="title",
            status=422,
        )
    for unit_id in sorted(set(exam.unit_ids)):
        db.session.add(Audience(blueprint_id=found, unit_id=unit_id))
    db.session.flush()
    return found


@atomic
def close_exam(blueprint_id: int) -> None:
    """Let nobody begin an exam any more; what is open goes on until its deadline."""
    exam = db.session.get_one(QuizBlueprint, blueprint_id)
    exam.state = CLOSED
    exam.closes_at = exam.closes_at or clock.now()


def get_exam_id(blueprint_id: int) -> str:
    """Return the public id of an exam; raise LookupError when there is none."""
    found = db.session.scalar(
        select(QuizBlueprint.public_id).where(QuizBlueprint.id == blueprint_id)
    )
    if found is None:
        raise LookupError(f"quiz {blueprint_id}")
    return found


def list_passes(after_id: int = 0, limit: int = 500) -> list[Pass]:
    """Return passed attempts at statutory exams whose id is greater than ``after_id``, by id."""
    rows = db.session.scalars(
        select(Attempt)
        .where(
            Attempt.id > after_id,
            Attempt.mode == STATUTORY,
            Attempt.is_passed.is_(True),
            Attempt.state != OPEN,
        )
        .order_by(Attempt.id)
        .limit(limit)
    )
    return [
        Pass(row.id, row.blueprint_id, row.person_id, row.unit_id, row.day) for row in rows.all()
    ]


@atomic
def make_paper(blueprint_id: int) -> int:
    """Draw the next paper form of an exam, keep it, and return its number, from 1.

    Kept, so that its key is that of the sheet on the table whatever becomes of the bank. Raises
    Refusal when the bank cannot fill it.
    """
    exam = db.session.scalars(
        select(QuizBlueprint).where(QuizBlueprint.id == blueprint_id).with_for_update()
    ).one()
    number = len(list_papers(blueprint_id)) + 1
    blueprint = blueprint_from_dict(json.loads(exam.rules))
    drawn = draw(exam.organisation_id, blueprint, f"{exam.public_id}:{PAPER}{number}")
    if drawn.shortfalls:
        raise Refusal(_("The bank has too few questions for this exam at the moment."))
    form = Form(blueprint_id=exam.id, seed=f"{PAPER}{number}", length=len(drawn.picks))
    db.session.add(form)
    db.session.flush()
    db.session.execute(
        insert(FormItem),
        [
            {
                "form_id": form.id,
                "position": position,
                "item_id": pick.uid,
                "item_version_id": pick.version,
                "option_seed": pick.option_seed,
                "section": pick.section,
            }
            for position, pick in enumerate(drawn.picks, start=1)
        ],
    )
    return number


def list_papers(blueprint_id: int) -> list[tuple[int, datetime]]:
    """Return number and date of the paper forms of an exam, the first one first."""
    rows = db.session.execute(
        select(Form.seed, Form.created_at)
        .where(Form.blueprint_id == blueprint_id, Form.seed.startswith(PAPER))
        .order_by(Form.id)
    )
    return [(int(row.seed.removeprefix(PAPER)), row.created_at) for row in rows]


def get_paper(blueprint_id: int, number: int) -> list[PaperItem]:
    """Return a paper form in order; raise LookupError when there is none of that number."""
    rows = db.session.execute(
        select(FormItem.item_version_id, FormItem.option_seed)
        .join(Form, Form.id == FormItem.form_id)
        .where(Form.blueprint_id == blueprint_id, Form.seed == f"{PAPER}{number}")
        .order_by(FormItem.position)
    ).all()
    if not rows:
        raise LookupError(f"paper {number} of quiz {blueprint_id}")
    return [_paper_item(row.item_version_id, row.option_seed) for row in rows]


def _paper_item(version_id: int, option_seed: int) -> PaperItem:
    item = items.get_stored(version_id).item
    prompt = item.prompt(option_seed)
    key: frozenset[str] = getattr(item, "key_ids", frozenset())
    letters = "".join(option.letter for option in prompt.options if option.id in key)
    return PaperItem(prompt, item, letters if item.kind in ("single", "multiple") else "")
