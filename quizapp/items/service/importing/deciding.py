"""What a person does about a row of the dry run: decide, correct, leave out, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select

from question_bank.formats.authored import keys
from question_bank.formats.problems import Problem
from question_bank.items.building import build
from question_bank.items.draft import Draft
from quizapp.accounts.access import Viewer
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal

from ... import rules as item_rules
from ...models import Import, ImportRow
from . import rows
from .receiving import get_import

AS_READ, SKIP, IMPORT, CORRECTED = "as_read", "skip", "import", "corrected"
MULTIPLE, SINGLE, ONLY, OPPOSITE = "multiple", "single", "only", "opposite"


@dataclass(frozen=True)
class Alternative:
    """One way to settle a row: the choice as it is posted, and the draft it makes.

    ``letters`` are the options that are right then, empty where there are none.
    """

    choice: str
    draft: Draft
    letters: str


def alternatives(draft: Draft, problems: Sequence[Problem] = ()) -> tuple[Alternative, ...]:
    """Return the readings of a doubtful draft that make a whole item, the likeliest first.

    A reader puts its first reading into the draft and names the other one in the problem.
    """
    right = [place for place, option in enumerate(draft.options) if option.is_right]
    found = [Alternative(AS_READ, draft, _letters(right))]
    if draft.kind == "single" and len(right) > 1:
        found = [Alternative(MULTIPLE, replace(draft, kind="multiple"), _letters(right))]
        found += [_keyed(draft, [place]) for place in right]
    elif draft.kind == "multiple" and "single" in _declared(problems):
        found = [Alternative(MULTIPLE, draft, _letters(right))]
        found += [_keyed(replace(draft, kind="single", scoring=""), [place]) for place in right]
    elif draft.kind == "multiple" and len(right) == 1:
        found += [Alternative(SINGLE, replace(draft, kind="single", scoring=""), _letters(right))]
    if draft.is_true is not None:
        found += [Alternative(OPPOSITE, replace(draft, is_true=not draft.is_true), "")]
    found += [_keyed(draft, places) for places in _second_readings(draft, problems)]
    by_choice = {one.choice: one for one in reversed(found)}
    return tuple(
        one
        for one in dict.fromkeys(found)
        if by_choice[one.choice] == one and build(one.draft, "import").item is not None
    )


def _declared(problems: Sequence[Problem]) -> set[str]:
    """Return the kinds that a file declares although the answers say otherwise."""
    return {str(one.params["declared"]) for one in problems if "declared" in one.params}


def _second_readings(draft: Draft, problems: Sequence[Problem]) -> list[list[int]]:
    """Return the places of the options that the other reading of an answer names."""
    named = (keys.letters(str(one.params["second"])) for one in problems if "second" in one.params)
    places = [[ord(letter) - ord("A") for letter in letters or ()] for letters in named]
    return [some for some in places if some and max(some) < len(draft.options)]


def _keyed(draft: Draft, places: Sequence[int]) -> Alternative:
    """Return the reading in which exactly these options are right."""
    options = tuple(
        replace(option, is_right=place in places) for place, option in enumerate(draft.options)
    )
    kind = draft.kind if draft.kind == "multiple" or len(places) == 1 else "multiple"
    keyed = replace(draft, kind=kind, options=options)
    return Alternative(f"{ONLY}:{_letters(places)}", keyed, _letters(places))


def _letters(places: Sequence[int]) -> str:
    return "".join(chr(ord("A") + place) for place in places)


@atomic
def decide(
    viewer: Viewer, public_id: str, position: int, choice: str, *, is_for_like: bool = False
) -> int:
    """Settle a row by one of its alternatives, ``skip`` or ``import``; return how many were.

    ``is_for_like`` settles every other open row with the same question in the same way, where the
    choice is possible. Raises Refusal for a choice the row does not offer, LookupError for rows of
    somebody else.
    """
    batch = _open(viewer, public_id)
    row = _row(batch, position)
    like = _like(batch, row) if is_for_like else []
    if not _settle(row, choice):
        raise Refusal(_("This choice is not possible for the question. Choose another."))
    return 1 + sum(_settle(other, choice) for other in like)


@atomic
def take_back(viewer: Viewer, public_id: str, position: int) -> None:
    """Put a row back to where the dry run left it."""
    row = _row(_open(viewer, public_id), position)
    row.question = rows.changed(row.question, None)
    _judge(row, "")


@atomic
def correct(viewer: Viewer, public_id: str, position: int, draft: Draft) -> tuple[Problem, ...]:
    """Put a corrected draft in a row's place; return what still keeps it from being an item."""
    row = _row(_open(viewer, public_id), position)
    row.question = rows.changed(row.question, draft)
    row.title = item_rules.title_of(draft.stem)
    return _judge(row, CORRECTED)


def _open(viewer: Viewer, public_id: str) -> Import:
    """Return an import that still waits for decisions; raise Refusal for any other."""
    batch = get_import(viewer, public_id, is_locked=True)
    if batch.state != "ready":
        raise Refusal(_("This import is no longer open. Nothing was changed."))
    return batch


def _row(batch: Import, position: int) -> ImportRow:
    row = db.session.get(ImportRow, (batch.id, position))
    if row is None:
        raise LookupError(f"row {position}")
    return row


def _like(batch: Import, row: ImportRow) -> list[ImportRow]:
    """Return the other rows that wait for the same decision."""
    asked = asked_code(rows.load_problems(row.problems))
    others = db.session.scalars(
        select(ImportRow).where(
            ImportRow.import_id == batch.id,
            ImportRow.status == row.status,
            ImportRow.position != row.position,
        )
    )
    return [one for one in others if asked_code(rows.load_problems(one.problems)) == asked]


def asked_code(problems: Sequence[Problem]) -> str:
    """Return the code of the first thing a person has to decide; empty when there is none."""
    return next((problem.code for problem in problems if problem.severity == "decision"), "")


def _settle(row: ImportRow, choice: str) -> bool:
    if choice in (SKIP, IMPORT):
        _judge(row, choice)
        return True
    for one in alternatives(rows.load(row.question).draft, rows.load_problems(row.problems)):
        if one.choice == choice:
            row.question = rows.changed(row.question, one.draft)
            _judge(row, choice)
            return True
    return False


def _judge(row: ImportRow, choice: str) -> tuple[Problem, ...]:
    """Give a row the status that its draft and the choice make; return its errors."""
    draft = rows.load(row.question).draft
    built = build(draft, "import").problems
    errors = tuple(problem for problem in built if problem.severity in ("error", "decision"))
    read = rows.load_problems(row.problems)
    is_mended = choice == CORRECTED or choice.partition(":")[0] in (
        MULTIPLE,
        SINGLE,
        ONLY,
        OPPOSITE,
    )
    standing = errors if is_mended else tuple(read)
    row.choice = choice
    row.status = rows.status_of(
        standing, is_similar=row.similarity is not None, choice="import" if is_mended else choice
    )
    return errors
