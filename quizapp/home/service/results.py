"""What a set came to, for the one who took it: every mode, with as much as is told by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from quizapp.accounts.access import Viewer
from quizapp.core import clock
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.service import TeamEffect
from quizapp.mastery import service as mastery
from quizapp.org import rules as days
from quizapp.points import service as points
from quizapp.quizzes import rules as quiz_rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.service import AttemptView, CreditNotice, Offer, ReviewLine, Run

from ..wording import entry_label, entry_reason

TOPICS = 6
OF_THE_TEAM = (quiz_rules.DAILY, *quiz_rules.EARNING)  # where a set may move its team


@dataclass(frozen=True)
class PointLine:
    """What a set earned, already worded."""

    label: str
    amount: int
    reason: str | None


@dataclass(frozen=True)
class TopicLine:
    """A topic worth another look; ``in_days`` is when it comes again, None: not known."""

    topic: str
    position: int
    in_days: int | None


@dataclass(frozen=True)
class Step:
    """A mistake that came nearer to being mastered: right so many times in a row."""

    topic: str
    streak: int
    is_mastered: bool


@dataclass(frozen=True)
class Result:
    """The finish page of a set.

    ``offer`` is the authored quiz as it stands for the person, None for built-in modes and where
    it is not theirs any more. ``best_percent`` is that of all their attempts, told like the score.
    ``tells_at`` is when what is not told yet will be, None: nobody said. ``run`` holds a
    challenge's row and own bests.
    """

    attempt_id: str
    mode: str
    day: date
    correct: int
    total: int
    results: tuple[bool | None, ...]
    is_finished: bool
    name: str  # of an authored quiz, else empty
    answered: int
    tells: bool  # whether it is told what was right
    percent: float | None  # None until the score is told and all is marked
    is_passed: bool | None
    lines: list[PointLine]
    day_total: int
    day_limit: int
    is_quiet: bool
    team: TeamEffect | None
    topics: list[TopicLine]
    has_marks: bool  # an exam: its scores can be read one by one, and appealed against
    awaits_marking: bool
    offer: Offer | None
    may_try_again: bool
    best_percent: float | None
    tells_at: datetime | None
    run: Run | None
    steps: list[Step]
    credit: CreditNotice | None
    first: int  # the first position with an answer, where looking back begins


def get_result(viewer: Viewer, attempt_id: str) -> Result:
    """Return the finish page of the viewer's own attempt; raise LookupError for any other."""
    attempt = quizzes.get_attempt(viewer, attempt_id)
    entries = points.list_entries_of(viewer.id, quizzes.reward_sources(attempt))
    offer = quizzes.find_offer(viewer, attempt)
    review = quizzes.list_review(attempt)
    cards = mastery.find_cards(viewer.id, [line.item_id for line in review])
    return Result(
        attempt_id=attempt.public_id,
        mode=attempt.mode,
        day=attempt.day,
        correct=sum(result is True for result in attempt.results),
        total=attempt.length,
        results=attempt.results,
        is_finished=attempt.is_final,
        name=attempt.name if attempt.mode in quiz_rules.AUTHORED else "",
        answered=len(attempt.answered),
        tells=attempt.tells_verdict,
        percent=_percent(attempt, attempt.score),
        is_passed=attempt.is_passed,
        lines=[
            PointLine(entry_label(entry), entry.amount, entry_reason(entry.reason, entry.quantity))
            for entry in entries
            if entry.reason != "quiet"
        ],
        day_total=points.sum_of_person(viewer.id, attempt.day, attempt.day),
        day_limit=points.rules_on(viewer.organisation_id, attempt.day).day_limit,
        is_quiet=any(entry.reason == "quiet" for entry in entries),
        team=_effect(viewer, attempt, sum(entry.amount for entry in entries)),
        topics=_topics(viewer, review, cards),
        has_marks=attempt.mode in quiz_rules.MARKED,
        awaits_marking=attempt.awaits_marking,
        offer=offer,
        may_try_again=offer is not None and offer.state_at(clock.now()) in ("open", "going"),
        best_percent=_percent(attempt, offer.best) if offer and attempt.tells_verdict else None,
        tells_at=_tells_at(attempt, offer),
        run=_run(viewer, attempt),
        steps=_steps(attempt, review, cards),
        credit=quizzes.find_credit(attempt.id) if attempt.credited_seconds else None,
        first=min(attempt.answered, default=1),
    )


def _percent(attempt: AttemptView, score: float | None) -> float | None:
    """Return a score at an authored quiz in per cent, once it is told and complete."""
    is_known = score is not None and attempt.length and not attempt.awaits_marking
    if attempt.mode not in quiz_rules.AUTHORED or not is_known:
        return None
    return round(100 * (score or 0.0) / attempt.length, 1)


def _tells_at(attempt: AttemptView, offer: Offer | None) -> datetime | None:
    if attempt.tells_verdict or offer is None:
        return None
    tells = offer.quiz.tells[quiz_rules.CLOSED]
    return offer.quiz.closes_at if quiz_rules.VERDICT in tells else None


def _topics(
    viewer: Viewer, review: Sequence[ReviewLine], cards: dict[int, mastery.CardView]
) -> list[TopicLine]:
    today = days.learning_day(clock.now(), viewer.time_zone)
    found = []
    for line in review:
        if line.is_correct is False:
            card = cards.get(line.item_id)
            due_on = card.due_on if card else None
            in_days = max(0, (due_on - today).days) if due_on else None
            found.append(TopicLine(line.topic, line.position, in_days))
    return found[:TOPICS]


def _run(viewer: Viewer, attempt: AttemptView) -> Run | None:
    if attempt.mode != quiz_rules.CHALLENGE:
        return None
    return quizzes.get_run(viewer, attempt)


def _steps(
    attempt: AttemptView, review: Sequence[ReviewLine], cards: dict[int, mastery.CardView]
) -> list[Step]:
    """Return what a review of mistakes brought nearer, the nearest first."""
    if attempt.mode != quiz_rules.MISTAKES:
        return []
    found = [
        Step(line.topic, card.streak, card.mastered_on is not None)
        for line in review
        if line.is_correct and (card := cards.get(line.item_id))
    ]
    return sorted(found, key=lambda step: (not step.is_mastered, -step.streak))


def _effect(viewer: Viewer, attempt: AttemptView, amount: int) -> TeamEffect | None:
    if attempt.finished_at is None or attempt.mode not in OF_THE_TEAM:
        return None
    if not amount and attempt.mode != quiz_rules.DAILY:
        return None
    return leaderboards.get_effect(viewer, attempt.unit_id, attempt.day, amount)


def get_effect(viewer: Viewer, attempt_id: str) -> TeamEffect | None:
    """Return what a set did for its team; raise LookupError for somebody else's set."""
    attempt = quizzes.get_attempt(viewer, attempt_id)
    entries = points.list_entries_of(viewer.id, quizzes.reward_sources(attempt))
    return _effect(viewer, attempt, sum(entry.amount for entry in entries))
