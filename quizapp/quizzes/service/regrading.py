"""Grading answers again after a key was corrected: in the learner's favour, once, with a notice."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update

from question_bank.regrading import Regraded
from question_bank.regrading import regrade as regraded_under
from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.core.db import atomic, db, insert
from quizapp.core.events import RewardCorrected, announce, announce_rewards
from quizapp.items import service as items
from quizapp.items.events import KeyCorrected

from .. import rules
from ..models import OPEN, Attempt, FormItem, Regrade, Response
from .finishing import announce_finished, rewards_of, set_passed
from .marking.marks import counting, marks_of
from .marking.rules import Points
from .worth import effective, outcome_now

BATCH = 200


@dataclass(frozen=True)
class RegradeNotice:
    """What a person is told once: a question was put right, and what that gained them."""

    title: str
    note: str
    gained: float


def regrade(correction_id: int) -> int:
    """Grade every final answer to a corrected item again; return how many gained by this run.

    In batches, each a command of its own: a run that was stopped is taken up by the next one, and
    a run too many finds nothing to do.
    """
    fact = items.get_key_correction(correction_id)
    if fact is None:
        return 0
    attempt_ids = _concerned(fact)
    credited = sum(
        _regrade_batch(fact, attempt_ids[start : start + BATCH])
        for start in range(0, len(attempt_ids), BATCH)
    )
    items.record_regraded(fact.correction_id, *_tally(fact))
    return credited


def regrade_open() -> int:
    """Take up corrections that are not through, or may still meet late sets; count the gains."""
    return sum(regrade(correction_id) for correction_id in items.list_open_corrections())


def _concerned(fact: KeyCorrected) -> list[int]:
    """Return the final attempts that showed one of the wrong wordings, oldest first."""
    return list(
        db.session.scalars(
            select(Attempt.id)
            .join(FormItem, FormItem.form_id == Attempt.form_id)
            .where(FormItem.item_version_id.in_(fact.version_ids), Attempt.state != OPEN)
            .distinct()
            .order_by(Attempt.id)
        )
    )


@atomic
def _regrade_batch(fact: KeyCorrected, attempt_ids: Sequence[int]) -> int:
    attempts = db.session.scalars(
        select(Attempt).where(Attempt.id.in_(attempt_ids)).order_by(Attempt.id).with_for_update()
    ).all()
    responses: dict[int, list[Response]] = defaultdict(list)
    for response in db.session.scalars(
        select(Response).where(Response.attempt_id.in_(attempt_ids)).order_by(Response.position)
    ):
        responses[response.attempt_id].append(response)
    return sum(_regrade_attempt(fact, attempt, responses[attempt.id]) for attempt in attempts)


def _regrade_attempt(fact: KeyCorrected, attempt: Attempt, responses: list[Response]) -> int:
    """Credit the responses of an attempt that gain by a correction; return how many did."""
    worth = effective(responses)
    concerned = [r for r in responses if r.item_version_id in fact.version_ids and not r.is_late]
    marks = _marks(concerned)
    credited = 0
    for response in concerned:
        before = worth[response.id]
        after = _worth(fact, response, before, marks.get(response.id, ()))
        if after.points <= before.points + rules.NEXT_TO_NOTHING:
            continue
        if _keep(fact, attempt.person_id, response, before.points, after.points):
            worth[response.id] = after
            attempt.score = (attempt.score or 0) + after.points - before.points
            credited += 1
    if credited:
        db.session.flush()
        for reward in _corrected_rewards(attempt, responses, worth):
            announce(reward)
        _pass_if_enough(attempt, outcome_now(responses, attempt.length, worth))
    return credited


def _pass_if_enough(attempt: Attempt, result: rules.Outcome) -> None:
    """Pass an attempt that reaches the cut score now, with everything that follows from it."""
    was_passed = attempt.is_passed
    set_passed(attempt)
    if attempt.is_passed and was_passed is False:
        db.session.flush()
        announce_finished(attempt)
        announce_rewards(rewards_of(attempt, result))


def _marks(responses: Sequence[Response]) -> dict[int, Points]:
    """Return by response the points that people gave for its texts, where they have."""
    marked = [
        r.id
        for r in responses
        if not r.is_pending and not items.get_stored(r.item_version_id).item.is_automatic
    ]
    found = marks_of(marked) if marked else {}
    return {response_id: counting(marks) for response_id, marks in found.items() if marks}


def _worth(fact: KeyCorrected, response: Response, before: Regraded, marks: Points) -> Regraded:
    return regraded_under(
        items.get_stored(response.item_version_id).item,
        items.get_stored(fact.new_version_id).item,
        json.loads(response.given),
        before.points,
        is_correct=before.is_correct,
        marks=marks,
    )


def _keep(
    fact: KeyCorrected, person_id: int, response: Response, before: float, after: float
) -> bool:
    """Keep a gain; False when this correction gave it already."""
    written = db.session.execute(
        insert(Regrade)
        .values(
            response_id=response.id,
            correction_id=fact.correction_id,
            person_id=person_id,
            old_score=before,
            new_score=after,
            at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["response_id", "correction_id"])
        .returning(Regrade.id)
    ).first()
    return written is not None


def _corrected_rewards(
    attempt: Attempt, responses: list[Response], worth: dict[int, Regraded]
) -> Iterator[RewardCorrected]:
    if attempt.mode != rules.DAILY:
        return
    yield RewardCorrected(
        user_id=attempt.person_id,
        activity="daily_correct",
        source=f"{rules.attempt_source(attempt.id)}:correct",
        quantity=outcome_now(responses, attempt.length, worth).rewarded_correct,
    )


def _tally(fact: KeyCorrected) -> tuple[int, int]:
    """Return how many final answers a correction concerned, and how many gained by it."""
    regraded = db.session.scalar(
        select(func.count())
        .select_from(Response)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(
            Response.item_version_id.in_(fact.version_ids),
            Attempt.state != OPEN,
            Response.is_late.is_(False),
        )
    )
    credited = db.session.scalar(
        select(func.count()).select_from(Regrade).where(Regrade.correction_id == fact.correction_id)
    )
    return regraded or 0, credited or 0


def list_regrade_notices(viewer: Viewer) -> list[RegradeNotice]:
    """Return what the viewer gained by corrections and has not read yet, oldest first."""
    rows = db.session.execute(
        select(Regrade.correction_id, func.sum(Regrade.new_score - Regrade.old_score))
        .where(
            Regrade.person_id == viewer.id,
            Regrade.seen_at.is_(None),
            Regrade.correction_id.is_not(None),  # an appeal is answered, which is told apart
        )
        .group_by(Regrade.correction_id)
        .order_by(func.min(Regrade.id))
    ).all()
    if not rows:
        return []
    gains = {correction_id or 0: gain for correction_id, gain in rows}
    titles = items.titles_of(list(gains))
    return [
        RegradeNotice(*titles[correction_id], gained=round(gain, 2))
        for correction_id, gain in gains.items()
        if correction_id in titles
    ]


@atomic
def see_regrades(viewer: Viewer) -> None:
    """Note that the viewer has read their notices."""
    db.session.execute(
        update(Regrade)
        .where(Regrade.person_id == viewer.id, Regrade.seen_at.is_(None))
        .values(seen_at=clock.now())
    )


def find_wrong_regrades() -> Iterator[str]:
    """Yield regrades that took something away, that are another person's, or not yet final."""
    rows = db.session.execute(
        select(
            Regrade.id,
            Regrade.person_id,
            Regrade.old_score,
            Regrade.new_score,
            Response.score,
            Attempt.person_id.label("owner_id"),
            Attempt.state,
        )
        .join(Response, Response.id == Regrade.response_id)
        .join(Attempt, Attempt.id == Response.attempt_id)
    )
    for row in rows:
        if row.new_score < row.old_score or row.old_score < row.score - rules.NEXT_TO_NOTHING:
            yield f"quizzes_regrade {row.id}: not in the learner's favour"
        if row.person_id != row.owner_id or row.state == OPEN:
            yield f"quizzes_regrade {row.id}: not of a final answer of its person"
