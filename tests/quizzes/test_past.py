"""Sets of the past, written in bulk: graded as any other, and asked again as memory has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from quizapp.core.checks import all_invariants
from quizapp.core.db import db
from quizapp.mastery import service as mastery
from quizapp.mastery.models import MasteryCard, Retest
from quizapp.points import service as points
from quizapp.quizzes import rules
from quizapp.quizzes import service as quizzes
from quizapp.quizzes.models import Attempt, FormItem
from quizapp.quizzes.service import PastSet

DAY = date(2026, 11, 17)


def past(world, days_ago, *right, mode=rules.DAILY):
    """Return a set that Bob took so many days ago."""
    day = DAY - timedelta(days=days_ago)
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    flags = right or (True, True, True, False, False)
    return PastSet(world.people["bob"], world.team, day, at, flags, mode)


@pytest.fixture
def written(world):
    """Three months of Bob: a set of practice, then a month later and daily ones."""
    sets = [past(world, 61, mode=rules.PRACTICE), past(world, 30), past(world, 20), past(world, 2)]
    assert quizzes.record_past(world.organisation, sets) == 4
    points.reward_in_bulk(DAY - timedelta(days=40))
    return world


def purposes():
    """Return the purposes of each form, in the order of days."""
    rows = db.session.execute(
        select(Attempt.day, FormItem.purpose)
        .join(Attempt, Attempt.form_id == FormItem.form_id)
        .order_by(Attempt.day, FormItem.position)
    ).all()
    return [
        {purpose: sum(p == purpose for d, p in rows if d == day) for _day, purpose in rows}
        for day in sorted({day for day, _purpose in rows})
    ]


def test_what_is_due_comes_again_and_what_was_known_is_tested_cold(written):
    first, second, third, _fourth = purposes()
    assert first == {"new": 5, "review": 0, "retest": 0}
    assert second["retest"] == 1
    assert 1 <= third["review"] <= rules.DAILY_DUE


def test_practice_earns_nothing_and_has_no_slot(written):
    practice = db.session.scalars(select(Attempt).where(Attempt.mode == rules.PRACTICE)).one()
    assert practice.slot is None
    assert practice.score == 3


def test_all_of_it_holds(written):
    mastery.rebuild()
    assert db.session.scalar(select(func.count()).select_from(MasteryCard))
    sums = db.session.scalars(select(Retest)).all()
    assert sum(line.answered for line in sums) >= 1
    broken = [
        line
        for known in all_invariants()
        if known.number in {"I3", "I4", "I5", "I8", "I40", "I41"}
        for line in known.check()
    ]
    assert broken == []
