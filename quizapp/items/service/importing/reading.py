"""The dry run: read the file, find repetitions, keep each question as a row to look at."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select, update

from question_bank import formats
from question_bank.formats.problems import Problem, problem
from question_bank.formats.reading import Question, Reading
from question_bank.items import from_payload
from question_bank.items.building import build
from question_bank.items.draft import Criterion, Draft
from question_bank.items.drafting import draft_from_dict
from question_bank.quality.neighbours import Neighbour, neighbours, said_by
from quizapp.core import clock, storage
from quizapp.core.db import atomic, db
from quizapp.core.threads import aside, give_way

from ... import rules as item_rules
from ...models import Import, ImportRow, Item, ItemDraft, ItemVersion
from . import pictures, rows

BATCH = 200
RUBRIC_POINTS = 10.0


@dataclass(frozen=True)
class Checked:
    """A question with what building it said, and what it is compared by."""

    question: Question
    problems: tuple[Problem, ...]
    said: str


def read_import(import_id: int) -> None:
    """Read an import's file into rows; begins anew when a process died in the middle."""
    batch = _begin(import_id)
    if batch is None:
        return
    began = time.monotonic()
    settings = json.loads(batch.settings)
    data = storage.get(batch.blob_ref) or b""
    reading = aside(formats.read, data, batch.filename, settings["format"] or None)
    checked = aside(_check_all, reading.questions, _("Answers what was asked"))
    known = _known_texts(batch.organisation_id)
    found = aside(_repetitions, [text for _item_id, text in known], checked)
    if not _announce(import_id, reading):
        return
    refs = pictures.keep_all(pictures.Owner(batch.person_id, batch.organisation_id), reading.media)
    position = 0
    for part in _parts(checked):
        if not _keep(import_id, position, part, known, found, refs):
            return
        position += len(part)
        give_way()
    _end(import_id, round((time.monotonic() - began) * 1000))


@atomic
def _begin(import_id: int) -> Import | None:
    """Return the import to read, its earlier rows gone; None when it is not to be read."""
    batch = db.session.get(Import, import_id)
    if batch is None or batch.state != "reading":
        return None
    db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    batch.total = batch.done = 0
    batch.moved_at = clock.now()
    return batch


def _check_all(questions: Sequence[Question], criterion: str) -> list[Checked]:
    return [_checked(_with_rubric(question, criterion)) for question in questions]


def _checked(question: Question) -> Checked:
    built = build(question.draft, "import")
    problems = _merged(question, built.problems)
    said = said_by(built.item) if built.item else question.draft.stem
    return Checked(question, problems, said)


def _with_rubric(question: Question, criterion: str) -> Question:
    """Give essays that came without a rubric one criterion: other systems have none."""

    def marked(draft: Draft) -> Draft:
        if draft.kind == "essay" and not draft.rubric:
            return replace(draft, rubric=(Criterion(criterion, RUBRIC_POINTS),))
        return replace(draft, parts=tuple(marked(part) for part in draft.parts))

    draft = marked(question.draft)
    if draft == question.draft:
        return question
    fix = problem("desk.rubric_made", question.where, points=RUBRIC_POINTS)
    return replace(question, draft=draft, problems=(*question.problems, fix))


def _merged(question: Question, building: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return a question's problems, those of building at the question's own place.

    What a reader refused or asks about is not said a second time in other words.
    """
    if any(problem.severity == "error" for problem in question.problems):
        return question.problems
    if any(problem.severity == "decision" for problem in question.problems):
        building = [problem for problem in building if problem.severity != "error"]
    placed = (replace(problem, where=question.where) for problem in building)
    return (*question.problems, *placed)


def _known_texts(organisation_id: int) -> list[tuple[int, str]]:
    """Return (item id, what it says) for every item of the bank, also those still being written."""
    payloads = db.session.execute(
        select(Item.id, ItemVersion.payload)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.organisation_id == organisation_id, Item.deleted_at.is_(None))
        .execution_options(yield_per=1000)
    )
    found = [(row.id, said_by(from_payload(json.loads(row.payload)))) for row in payloads]
    drafts = db.session.execute(
        select(Item.id, ItemDraft.content)
        .join(ItemDraft, ItemDraft.item_id == Item.id)
        .where(
            Item.organisation_id == organisation_id,
            Item.deleted_at.is_(None),
            Item.current_version_id.is_(None),
        )
        .execution_options(yield_per=1000)
    )
    return found + [(row.id, _said_by_draft(json.loads(row.content))) for row in drafts]


def _said_by_draft(content: Mapping[str, Any]) -> str:
    draft = draft_from_dict(content["draft"])
    item = build(draft, "import").item
    return said_by(item) if item else draft.stem


def _repetitions(known: Sequence[str], checked: Sequence[Checked]) -> dict[int, Neighbour]:
    texts = [*known, *(one.said for one in checked)]
    return dict(neighbours(texts, since=len(known)))


def _parts(checked: Sequence[Checked]) -> Iterator[list[Checked]]:
    remaining = iter(checked)
    while part := list(islice(remaining, BATCH)):
        yield part


@atomic
def _announce(import_id: int, reading: Reading) -> bool:
    """Note what the file is; False when the import was cancelled meanwhile."""
    batch = db.session.get(Import, import_id, with_for_update=True)
    if batch is None or batch.state != "reading":
        return False
    batch.format, batch.encoding = reading.format, reading.encoding or ""
    batch.total = len(reading.questions)
    batch.problems = rows.dump_problems(reading.problems)
    batch.moved_at = clock.now()
    return True


@atomic
def _keep(
    import_id: int,
    position: int,
    part: Sequence[Checked],
    known: Sequence[tuple[int, str]],
    found: Mapping[int, Neighbour],
    refs: pictures.Kept,
) -> bool:
    """Write some rows; False when the import was cancelled meanwhile."""
    values = [
        _row(import_id, position + offset, one, known, found, refs)
        for offset, one in enumerate(part, start=1)
    ]
    db.session.execute(insert(ImportRow), values)
    moved = db.session.execute(
        update(Import)
        .where(Import.id == import_id, Import.state == "reading")
        .values(done=position + len(part), moved_at=clock.now())
        .returning(Import.id)
    ).first()
    if moved is None:
        db.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    return moved is not None


def _row(
    import_id: int,
    position: int,
    one: Checked,
    known: Sequence[tuple[int, str]],
    found: Mapping[int, Neighbour],
    refs: pictures.Kept,
) -> dict[str, Any]:
    draft, missing = refs.place(one.question.draft, one.question.where)
    problems = (*one.problems, *missing)
    near = found.get(len(known) + position - 1)
    is_known = near is not None and near.place < len(known)
    return {
        "import_id": import_id,
        "position": position,
        "status": rows.status_of(problems, is_similar=near is not None, choice=""),
        "place": rows.place_of(one.question.where)[:80],
        "title": item_rules.title_of(draft.stem),
        "question": rows.content_of(one.question, draft),
        "problems": rows.dump_problems(problems),
        "similar_id": known[near.place][0] if near and is_known else None,
        "similar_position": near.place - len(known) + 1 if near and not is_known else None,
        "similarity": int(near.similarity * 100) if near else None,
    }


@atomic
def _end(import_id: int, took_ms: int) -> None:
    db.session.execute(
        update(Import)
        .where(Import.id == import_id, Import.state == "reading")
        .values(state="ready", took_ms=took_ms, moved_at=clock.now())
    )
