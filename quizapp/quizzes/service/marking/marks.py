"""What markers gave, from the rows it is kept in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from quizapp.core.db import db

from ...models import APPEAL, Mark
from . import rules


@dataclass(frozen=True)
class Given:
    """What a marker gave: points by text and criterion, a comment to the learner, a note."""

    points: rules.Points
    comment: str = ""
    note: str = ""

    @property
    def flat(self) -> list[float]:
        """Return the points of all criteria in one row, as the form has them."""
        return [each for text in self.points for each in text]


def marks_of(response_ids: Sequence[int]) -> dict[int, dict[str, Given]]:
    """Return by response and round what markers gave; the appeal, if there was one, included."""
    found: dict[int, dict[str, Given]] = {response_id: {} for response_id in response_ids}
    rows = db.session.execute(
        select(Mark.response_id, Mark.round, Mark.points, Mark.comment, Mark.note)
        .where(Mark.response_id.in_(response_ids))
        .order_by(Mark.id)
    )
    for row in rows:
        found[row.response_id][row.round] = Given(
            _points(json.loads(row.points)), row.comment, row.note
        )
    return found


def counting(marks: dict[str, Given]) -> rules.Points:
    """Return the points that count of the marks of a response, an upheld appeal aside.

    Raises ValueError when nobody has marked it.
    """
    return rules.final_points({name: one.points for name, one in marks.items() if name != APPEAL})


def to_given(draft: str) -> Given:
    """Return what was kept of a mark that its marker took back."""
    kept = json.loads(draft)
    return Given(_points(kept["points"]), kept["comment"], kept["note"])


def to_draft(given: Given) -> str:
    """Return a mark as it is kept when its marker takes it back; ``to_given`` reverses it."""
    return json.dumps(
        {"points": given.points, "comment": given.comment, "note": given.note}, ensure_ascii=False
    )


def _points(values: list[list[float]]) -> rules.Points:
    return tuple(tuple(map(float, text)) for text in values)
