"""Shared goals: who sets them, how far they are, and one quiet celebration a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quizapp.accounts.models import RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.events import Rewardable, listens_to
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.teams import service
from quizapp.teams.events import GoalMet
from quizapp.teams.models import Cheer, Goal
from quizapp.teams.service import Draft
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import open_season, settle_boards
from tests.factories.teams import join, members_of, teams

from .test_overview import TODAY, earn

LAST = TODAY + timedelta(days=14)
heard: list[GoalMet] = []


@listens_to(GoalMet)
def hear(fact: GoalMet) -> None:
    """Keep what was announced."""
    heard.append(fact)


@pytest.fixture(autouse=True)
def _deaf():
    heard.clear()


def goals_of(viewer):
    """Return the goals of somebody's own team."""
    return service.list_goals(viewer, service.get_own_team(viewer).place)


def test_a_leader_sets_a_goal_and_everybody_sees_how_far_it_is(world, season, alice, bob, team_id):
    service.set_goal(alice, team_id, Draft("points", 40, LAST, "一起加油"))
    earn(members_of(world.team)[:2], world.team, TODAY)
    (goal,) = goals_of(bob).open
    assert (goal.value, goal.left, goal.full, goal.steps) == (10, 30, 5, 20)
    assert goal.note == "一起加油"


def test_a_learning_rep_sets_goals_too(world, season, bob, team_id):
    with pytest.raises(LookupError):
        service.set_goal(bob, team_id, Draft("points", 40, LAST))
    db.session.add(RoleGrant(person_id=bob.id, role=Role.LEARNING_REP.value, unit_id=world.team))
    db.session.commit()
    assert service.set_goal(people.viewer(bob.id), team_id, Draft("points", 40, LAST))


def test_nobody_sets_goals_for_others(season, dana, charlie, team_id):
    for viewer in (dana, charlie):  # an administrator looks, and leaves goals to the team
        with pytest.raises(LookupError):
            service.set_goal(viewer, team_id, Draft("points", 40, LAST))


def test_a_third_goal_waits(season, alice, team_id):
    for target in (40, 50):
        service.set_goal(alice, team_id, Draft("points", target, LAST))
    with pytest.raises(Refusal, match="两个目标"):
        service.set_goal(alice, team_id, Draft("points", 60, LAST))
    service.withdraw_goal(alice, goals_of(alice).open[0].public_id)
    assert service.set_goal(alice, team_id, Draft("points", 60, LAST))


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("points", 0, LAST), "target"),
        (Draft("points", -5, LAST), "target"),
        (Draft("points", 100_001, LAST), "target"),
        (Draft("weeks", 9, LAST), "target"),  # the season has five weeks
        (Draft("preshift", 100, LAST), "target"),
        (Draft("points", 10, TODAY - timedelta(days=1)), "ends_on"),
        (Draft("points", 10, TODAY + timedelta(days=60)), "ends_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(season, alice, team_id, draft, field):
    with pytest.raises(Refusal) as refusal:
        service.set_goal(alice, team_id, draft)
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    assert goals_of(alice) == service.NO_GOALS


def test_what_the_team_has_already_is_no_goal(world, season, alice, team_id):
    earn(members_of(world.team)[:2], world.team, TODAY)
    with pytest.raises(Refusal, match="已经有 10"):
        service.set_goal(alice, team_id, Draft("points", 10, LAST))


def test_a_team_below_five_sets_none(world):
    small = teams(world.organisation, world.workshop, [4])[0]
    join(world.organisation, [world.workshop] * 2)
    leader = members_of(small)[0]
    db.session.add(RoleGrant(person_id=leader, role=Role.LEADER.value, unit_id=small))
    db.session.commit()
    open_season(world.organisation)
    earn(members_of(small)[:1], small, TODAY)
    viewer = people.viewer(leader)
    team = service.get_own_team(viewer)
    with pytest.raises(Refusal, match="满 5 人"):
        service.set_goal(viewer, team.unit.public_id, Draft("points", 40, LAST))


def test_weeks_and_preshift_questions_are_goals_as_well(world, season, alice, team_id):
    service.set_goal(alice, team_id, Draft("weeks", 3, LAST))
    service.set_goal(alice, team_id, Draft("preshift", 2, LAST))
    earn(members_of(world.team)[:1], world.team, TODAY)
    points.award(
        Rewardable(
            user_id=None,
            activity="preshift_answered",
            source="preshift:1",
            quantity=1,
            occurred_on=TODAY,
            unit_id=world.team,
        )
    )
    settle_boards()
    assert {goal.kind: goal.value for goal in goals_of(alice).open} == {"weeks": 1, "preshift": 1}


def test_a_goal_is_met_once_and_told_once(world, season, alice, bob, team_id):
    service.set_goal(alice, team_id, Draft("points", 10, LAST))
    assert service.note_met() == 0
    earn(members_of(world.team)[:2], world.team, TODAY)
    assert service.note_met() == 1
    assert service.note_met() == 0
    (fact,) = heard
    assert (fact.unit_id, fact.kind, fact.target, fact.met_on) == (world.team, "points", 10, TODAY)
    assert fact.organisation_id == world.organisation
    assert goals_of(bob).open == []
    assert goals_of(bob).met[0].met_on == TODAY


def test_a_celebration_comes_once_a_person(world, season, alice, bob, dana, team_id):
    service.set_goal(alice, team_id, Draft("points", 10, LAST))
    earn(members_of(world.team)[:2], world.team, TODAY)
    service.note_met()
    (goal,) = goals_of(bob).met
    assert goal.is_celebrated
    service.cheer(bob, goal.public_id)
    service.cheer(bob, goal.public_id)
    assert not goals_of(bob).met[0].is_celebrated
    assert goals_of(alice).met[0].is_celebrated  # hers is still to come
    place = service.get_own_team(alice).place
    assert not service.list_goals(dana, place).met[0].is_celebrated  # not her team
    with clock.frozen(NOW + timedelta(days=15)):
        assert not goals_of(alice).met[0].is_celebrated


def test_others_celebrations_and_open_goals_cannot_be_put_away(
    world, season, alice, charlie, team_id
):
    goal_id = service.set_goal(alice, team_id, Draft("points", 10, LAST))
    with pytest.raises(LookupError):
        service.cheer(alice, goal_id)  # it is not met
    earn(members_of(world.team)[:2], world.team, TODAY)
    service.note_met()
    for viewer in (charlie, people.viewer(members_of_other(world))):
        with pytest.raises(LookupError):
            service.cheer(viewer, goal_id)


def members_of_other(world) -> int:
    """Return somebody of another team of the same workshop."""
    other = next(unit for unit in org.list_units(world.organisation) if unit.name == "班001")
    return members_of(other.id)[0]


def test_a_goal_that_is_not_reached_just_ends(world, season, alice, team_id):
    service.set_goal(alice, team_id, Draft("points", 1000, TODAY + timedelta(days=2)))
    with clock.frozen(NOW + timedelta(days=3)):
        settle_boards()
        assert service.note_met() == 0
        assert goals_of(alice) == service.NO_GOALS
        assert heard == []


def test_what_comes_late_still_meets_a_goal_that_has_ended(world, season, alice, team_id):
    last = TODAY + timedelta(days=2)
    service.set_goal(alice, team_id, Draft("points", 10, last))
    with clock.frozen(NOW + timedelta(days=4)):  # a set of the last day, sent by a phone since
        earn(members_of(world.team)[:2], world.team, last)
        assert service.note_met() == 1
    assert heard[0].met_on == last


def test_points_of_later_days_do_not_count_for_a_goal(world, season, alice, team_id):
    service.set_goal(alice, team_id, Draft("points", 10, TODAY))
    with clock.frozen(NOW + timedelta(days=1)):
        earn(members_of(world.team)[:2], world.team, TODAY + timedelta(days=1))
        assert service.note_met() == 0


def test_a_goal_that_is_met_is_not_ended(world, season, alice, charlie, team_id):
    goal_id = service.set_goal(alice, team_id, Draft("points", 10, LAST))
    with pytest.raises(LookupError):
        service.withdraw_goal(charlie, goal_id)
    earn(members_of(world.team)[:2], world.team, TODAY)
    service.note_met()
    with pytest.raises(Refusal):
        service.withdraw_goal(alice, goal_id)


def test_who_put_celebrations_away_is_forgotten(world, season, alice, bob, team_id):
    service.set_goal(alice, team_id, Draft("points", 10, LAST))
    earn(members_of(world.team)[:2], world.team, TODAY)
    service.note_met()
    service.cheer(bob, goals_of(bob).met[0].public_id)
    assert service.forget_cheers(LAST) == 0
    assert service.forget_cheers(LAST + timedelta(days=1)) == 1
    assert db.session.query(Cheer).count() == 0
    assert db.session.query(Goal).count() == 1


def test_measuring_asks_as_often_for_many_goals_as_for_few(
    world, season, alice, team_id, count_statements
):
    service.set_goal(alice, team_id, Draft("points", 500, LAST))
    with count_statements() as few:
        service.note_met()
    more = teams(world.organisation, world.workshop, [5] * 10)
    for unit in more:
        db.session.add(
            Goal(
                unit_id=unit,
                season_id=season,
                kind="points",
                target=500,
                set_on=TODAY,
                ends_on=LAST,
                set_by_id=alice.id,
            )
        )
    db.session.commit()
    with count_statements() as many:
        service.note_met()
    assert len([s for s in many if s.startswith("SELECT")]) <= len(few) + 1
