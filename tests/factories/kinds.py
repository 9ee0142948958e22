"""Attempts that show chosen items: one of every kind, or those that a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import uuid4

from sqlalchemy import select

from question_bank.examples import right_values, wrong_values
from question_bank.items import Item, building
from question_bank.items.draft import Draft, DraftOption
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.items import service as items
from quizapp.items.models import Item as StoredItem
from quizapp.org import service as org
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, Form, FormItem
from quizapp.quizzes.service import Answered, Submission, answer
from tests.factories import bank
from tests.question_bank.samples import DRAFTS

_number = count(1)


def seat(viewer: Viewer, shown: Sequence[Item], *, seed: int = 7) -> str:
    """Store and approve items, put a set of exactly these before a person, and return its id."""
    theme = f"kinds-{next(_number)}"
    pack = bank.pack(len(shown), theme=theme)
    entries = zip(pack.items, shown, strict=True)
    whole = replace(pack, items=tuple(replace(entry, item=item) for entry, item in entries))
    items.load_packs(viewer.organisation_id, [whole])
    items.approve_for_demo(viewer.organisation_id)
    rows = {
        row.uid: row
        for row in db.session.scalars(select(StoredItem).where(StoredItem.uid.like(f"{theme}-%")))
    }
    form = Form(
        blueprint_id=quizzes.built_in(viewer.organisation_id, rules.DAILY),
        seed=theme,
        length=len(shown),
    )
    db.session.add(form)
    db.session.flush()
    for position, entry in enumerate(whole.items, start=1):
        row = rows[entry.uid]
        db.session.add(
            FormItem(
                form_id=form.id,
                position=position,
                item_id=row.id,
                item_version_id=row.current_version_id,
                option_seed=seed,
            )
        )
    attempt = Attempt(
        person_id=viewer.id,
        form_id=form.id,
        blueprint_id=form.blueprint_id,
        unit_id=viewer.unit_id,
        mode="daily",
        slot=None,
        day=org.today(viewer.organisation_id),
        length=len(shown),
        deadline_at=clock.now() + timedelta(days=2),
    )
    db.session.add(attempt)
    db.session.commit()
    return attempt.public_id


def secret(kind: str, word: str) -> Item:
    """Return an item of a kind that has ``word`` wherever a learner may not look early."""
    built = building.build(_with_secret(DRAFTS[kind], word), f"secret-{kind}")
    assert built.item is not None, built.problems
    return built.item


def _with_secret(draft: Draft, word: str) -> Draft:
    return replace(
        draft,
        explanation=f"{word} {draft.explanation}",
        sample=f"{word} {draft.sample}" if draft.kind == "essay" else "",
        rubric=tuple(replace(line, text=f"{word} {line.text}") for line in draft.rubric),
        blanks=tuple(
            replace(
                blank,
                accepted=tuple(replace(one, text=f"{word}{one.text}") for one in blank.accepted),
                options=_with_feedback(blank.options, word),
            )
            for blank in draft.blanks
        ),
        options=draft.options if draft.kind == "ordering" else _with_feedback(draft.options, word),
        parts=tuple(_with_secret(part, word) for part in draft.parts),
    )


def _with_feedback(options: tuple[DraftOption, ...], word: str) -> tuple[DraftOption, ...]:
    return tuple(replace(option, feedback=f"{word}。") for option in options)


def values_of(item: Item, *, is_right: bool = True) -> tuple[str, ...]:
    """Return what a device sends for a right response to an item, or for one that is not."""
    values = right_values(item) if is_right else wrong_values(item)
    assert values is not None
    return tuple(values)


def give(viewer: Viewer, attempt_id: str, position: int, values: tuple[str, ...]) -> Answered:
    """Answer the item at a position as the page does."""
    return answer(viewer, attempt_id, Submission(position, values, str(uuid4())))
