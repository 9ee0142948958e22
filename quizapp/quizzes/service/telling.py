"""Telling again what was answered, for the statistics of items."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, tuple_

from quizapp.core.db import db
from quizapp.core.events import FinalSet, GivenResponse, tells_responses

from .. import rules
from ..models import OPEN, Attempt, FormItem, Response

BATCH = 500


class Responses:
    """The responses of every quiz, from the rows they are kept in."""

    def since(self, day: date) -> Iterator[FinalSet]:
        """Yield every final attempt whose day is ``day`` or later, in the order of days.

        Late responses do not count and were not left out either. Of what has no response, the item
        right after the last answered one was seen, and all after it were not.
        """
        last = (day, 0)
        while True:
            attempts = db.session.execute(
                select(
                    Attempt.id,
                    Attempt.person_id,
                    Attempt.unit_id,
                    Attempt.mode,
                    Attempt.form_id,
                    Attempt.day,
                )
                .where(Attempt.state != OPEN, tuple_(Attempt.day, Attempt.id) > last)
                .order_by(Attempt.day, Attempt.id)
                .limit(BATCH)
            ).all()
            if not attempts:
                return
            given = _given([row.id for row in attempts])
            shown = _shown([row.form_id for row in attempts])
            for row in attempts:
                yield _final_set(row, given.get(row.id, {}), shown[row.form_id])
            last = (attempts[-1].day, attempts[-1].id)

    def count_people(self, version_ids: Sequence[int]) -> dict[int, int]:
        """Return how many people answered each version in an attempt that is final."""
        rows = db.session.execute(
            select(Response.item_version_id, func.count(Attempt.person_id.distinct()))
            .join(Attempt, Attempt.id == Response.attempt_id)
            .where(Attempt.state != OPEN, Response.item_version_id.in_(version_ids))
            .group_by(Response.item_version_id)
        )
        return {version_id: number for version_id, number in rows}


def _given(attempt_ids: list[int]) -> dict[int, dict[int, tuple[bool, GivenResponse]]]:
    """Return by attempt and position whether a response does not count, and what it is.

    One that came late does not, nor one that still has to be marked.
    """
    found: dict[int, dict[int, tuple[bool, GivenResponse]]] = {}
    for row in db.session.execute(
        select(
            Response.attempt_id,
            Response.position,
            Response.item_version_id,
            Response.score,
            Response.is_correct,
            Response.is_rapid,
            Response.is_late,
            Response.is_pending,
            Response.is_confident,
            Response.given,
            FormItem.item_id,
            FormItem.purpose,
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(
            FormItem,
            (FormItem.form_id == Attempt.form_id) & (FormItem.position == Response.position),
        )
        .where(Response.attempt_id.in_(attempt_ids))
    ):
        found.setdefault(row.attempt_id, {})[row.position] = (
            row.is_late or row.is_pending,
            GivenResponse(
                item_id=row.item_id,
                item_version_id=row.item_version_id,
                score=row.score,
                is_correct=row.is_correct,
                is_rapid=row.is_rapid,
                given=tuple(json.loads(row.given)),
                is_confident=row.is_confident,
                purpose=row.purpose,
            ),
        )
    return found


def _shown(form_ids: list[int]) -> dict[int, dict[int, int]]:
    """Return by form and position which version stands there."""
    found: dict[int, dict[int, int]] = {form_id: {} for form_id in form_ids}
    for form_id, position, version_id in db.session.execute(
        select(FormItem.form_id, FormItem.position, FormItem.item_version_id).where(
            FormItem.form_id.in_(form_ids)
        )
    ):
        found[form_id][position] = version_id
    return found


def _final_set(
    attempt: Any, given: dict[int, tuple[bool, GivenResponse]], shown: dict[int, int]
) -> FinalSet:
    last_seen = max(given, default=0) + 1
    return FinalSet(
        person_id=attempt.person_id,
        unit_id=attempt.unit_id,
        day=attempt.day,
        mode=attempt.mode,
        source=rules.attempt_source(attempt.id),
        responses=tuple(
            response for _position, (is_out, response) in sorted(given.items()) if not is_out
        ),
        omitted=tuple(
            version_id
            for position, version_id in sorted(shown.items())
            if position <= last_seen and position not in given
        ),
    )


tells_responses("quizzes", Responses())
