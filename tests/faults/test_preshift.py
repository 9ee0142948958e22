"""The leader and the rep of a team answer at the same moment, and two teams of a workshop do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from quizapp.accounts.permissions import Role
from quizapp.core.checks import all_invariants
from quizapp.core.db import atomic, db
from quizapp.org.rules import TEAM
from quizapp.points.models import Entry
from quizapp.quizzes.models import Preshift, PreshiftAnswer
from quizapp.quizzes.service import preshift
from tests.factories import people
from tests.faults.test_races import together

pytestmark = pytest.mark.services


def ask(who: Any) -> preshift.Question:
    """Return the question of somebody's team now."""
    found = preshift.find_question(
        who.organisation_id,
        preshift.get_team(who),
        preshift.present_shift(who.organisation_id),
    )
    assert found
    return found


def count(model: Any) -> int:
    """Return how many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@atomic
def appoint(organisation_id: int, unit_id: int, name: str, number: str, role: Role) -> int:
    """Add somebody with a role in a team and return the id."""
    return people.person(organisation_id, unit_id, name, number, role=role)


def test_leader_and_rep_at_once_record_one_answer_and_see_the_same(live_app, live):
    rep_id = appoint(live.organisation, live.team, "Rita", "1020", Role.LEARNING_REP)
    both = [people.viewer(live.people["alice"]), people.viewer(rep_id)]
    question = ask(both[0])
    options = [one.id for one in question.prompt.options]

    def record(place: int) -> tuple[str, str]:
        who = both[place % 2]
        form = preshift.Entry(question.claim, options[place % len(options)], {})
        public_id = preshift.record(who, form)
        told = preshift.get_question(who, public_id).told
        assert told
        return public_id, told.chosen

    results = together(live_app, 12, record)
    assert len(set(results)) == 1, results
    assert (count(Preshift), count(PreshiftAnswer), count(Entry)) == (1, 1, 1)
    assert [line for known in all_invariants() for line in known.check()] == []


def test_two_teams_of_a_workshop_at_once_store_the_same_question(live_app, live):
    @atomic
    def second_team() -> int:
        return people.unit(live.organisation, live.workshop, TEAM, "焊装二班", "A112")

    eve_id = appoint(live.organisation, second_team(), "Eve", "1010", Role.LEADER)
    both = [people.viewer(live.people["alice"]), people.viewer(eve_id)]

    def record(place: int) -> str:
        who = both[place % 2]
        question = ask(who)
        return preshift.record(
            who, preshift.Entry(question.claim, question.prompt.options[0].id, {})
        )

    results = together(live_app, 12, record)
    assert len(set(results)) == 2, results
    assert len(set(db.session.scalars(select(Preshift.item_version_id)))) == 1
    assert (count(Preshift), count(PreshiftAnswer), count(Entry)) == (2, 2, 2)


def test_preparing_beside_an_answer_keeps_what_was_answered(live_app, live):
    alice = people.viewer(live.people["alice"])
    team, question = preshift.get_team(alice), ask(alice)

    def act(place: int) -> Any:
        if place % 2:
            return preshift.prepare(live.organisation, [team], question.shift)
        form = preshift.Entry(question.claim, question.prompt.options[0].id, {})
        return preshift.record(alice, form)

    results = together(live_app, 8, act)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert (count(Preshift), count(PreshiftAnswer), count(Entry)) == (1, 1, 1)
