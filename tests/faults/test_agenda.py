"""Many who assign, and many who finish, at the same moment: on PostgreSQL, with real commits."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from quizapp.accounts.models import Person
from quizapp.agenda import rules, service
from quizapp.agenda.models import Assignment, Done
from quizapp.core.db import db
from quizapp.org import service as org
from quizapp.org.models import Unit
from tests.factories import people, published
from tests.faults.test_races import broken, count, together

pytestmark = pytest.mark.services


def draft(live: people.World, unit_id: int, place: int) -> service.Draft:
    """Return a draft that assigns a quiz of its own to a unit, for the next week."""
    return service.Draft(
        kind="quiz",
        subject_id=published.publish(live.organisation, f"测验{place}"),
        units=(db.session.get_one(Unit, unit_id).public_id,),
        people=(),
        due_on=org.today(live.organisation) + timedelta(days=7),
        wish="recommended",
    )


def test_eight_who_assign_at_once_stay_within_the_guard(live_app, live):
    """Alice to her team, Dana to the units above it: whoever comes first, two are assigned."""
    who = [people.viewer(live.people[name]) for name in ("alice", "dana")]
    above = (live.workshop, live.plant)
    drafts = [
        draft(live, live.team if place % 2 == 0 else above[place // 2 % 2], place)
        for place in range(8)
    ]
    db.session.remove()

    def assign(place: int) -> Any:
        return service.assign(who[place % 2], drafts[place])

    results = together(live_app, 8, assign)
    kinds = Counter(type(result).__name__ for result in results)
    assert kinds == {"str": rules.WEEK_LIMIT, "TooMuch": 8 - rules.WEEK_LIMIT}, results
    assert count(Assignment) == rules.WEEK_LIMIT
    assert broken() == []


def test_the_same_thing_assigned_by_two_at_once_is_assigned_once(live_app, live):
    alice, dana = (people.viewer(live.people[name]) for name in ("alice", "dana"))
    wanted = draft(live, live.team, 1)
    db.session.remove()
    results = together(live_app, 2, lambda place: service.assign((alice, dana)[place], wanted))
    assert Counter(type(result).__name__ for result in results) == {"str": 1, "Refusal": 1}


def test_a_team_that_finishes_at_once_is_counted_right(live_app, live):
    alice = people.viewer(live.people["alice"])
    wanted = draft(live, live.team, 1)
    service.assign(alice, wanted)
    service.assign(alice, draft(live, live.team, 2))
    team = db.session.scalars(
        select(Person.id).where(Person.organisation_id == live.organisation, Person.name != "Dana")
    ).all()
    day = org.today(live.organisation)
    db.session.remove()

    def finish(place: int) -> int:
        return service.note_done(team[place // 2], "quiz", wanted.subject_id, day)

    results = together(live_app, 2 * len(team), finish)
    assert sorted(results) == [0] * len(team) + [1] * len(team)
    assert count(Done) == len(team)
    assert broken() == []
