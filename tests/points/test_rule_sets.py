"""Rules that an organisation writes: which are in force when, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from quizapp.core import clock
from quizapp.core.events import Rewardable
from quizapp.core.forms import Refusal
from quizapp.points import rules, service
from quizapp.points.rules import Rule, RuleSet
from tests.conftest import NOW
from tests.factories import people
from tests.factories.people import viewer

TODAY = date(2026, 11, 18)  # the learning day of the frozen clock
TOMORROW = TODAY + timedelta(days=1)
LISTED = (Rule("daily_correct", 2, 10), Rule("daily_finished", 1, 1, 5))


@pytest.fixture
def dana(world: people.World):
    return viewer(world.people["dana"])


def plan(who, since: date = TOMORROW, **changes) -> int:
    """Plan the rules of this file, with ``changes``."""
    wanted = {"listed": LISTED, "day_limit": 12, "week_limit": 40, **changes}
    return service.plan_rules(who, since=since, **wanted)


def test_everybody_begins_with_the_rules_of_the_house(world):
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


def test_a_new_version_is_in_force_from_its_day_on(world, dana):
    assert plan(dana) == 2
    assert service.rules_on(world.organisation, TODAY).version == 1
    assert service.rules_on(world.organisation, TOMORROW) == RuleSet(2, TOMORROW, LISTED, 12, 40)


def test_an_award_goes_by_the_rules_of_its_day(world, dana):
    plan(dana)
    told = Rewardable(
        user_id=world.people["bob"],
        activity="daily_correct",
        source="test:1",
        quantity=3,
        occurred_on=TODAY,
        unit_id=world.team,
    )
    assert service.award(told) == 3
    assert service.award(replace(told, source="test:2", occurred_on=TOMORROW)) == 6


def test_what_has_not_begun_is_written_over(world, dana):
    plan(dana)
    assert plan(dana, TOMORROW + timedelta(days=7), day_limit=11) == 2
    assert [known.version for known in service.rule_sets(world.organisation)] == [1, 2]
    assert service.rules_on(world.organisation, TOMORROW).version == 1


def test_what_has_begun_stays_and_the_next_has_the_next_number(world, dana):
    plan(dana)
    with clock.frozen(NOW + timedelta(days=3)):
        assert plan(dana, TODAY + timedelta(days=9)) == 3
    assert [known.version for known in service.rule_sets(world.organisation)] == [1, 2, 3]


def test_what_has_not_begun_can_be_taken_back(world, dana):
    service.drop_rules(dana, plan(dana))
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


def test_what_has_begun_cannot_be_taken_back(dana):
    version = plan(dana)
    with clock.frozen(NOW + timedelta(days=1)), pytest.raises(Refusal) as refused:
        service.drop_rules(dana, version)
    assert refused.value.status == 409


def test_a_version_that_is_not_there_is_not_found(dana):
    with pytest.raises(LookupError):
        service.drop_rules(dana, 7)


@pytest.mark.parametrize("days", [-1, 0, 93])
def test_rules_begin_tomorrow_at_the_earliest_and_within_a_quarter(world, dana, days):
    with pytest.raises(Refusal) as refused:
        plan(dana, TODAY + timedelta(days=days))
    assert refused.value.field == "since"
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


def test_numbers_that_make_no_sense_are_refused_at_their_field(world, dana):
    with pytest.raises(Refusal) as refused:
        plan(dana, listed=(Rule("daily_correct", 2, 1),))
    assert refused.value.field == "daily_correct.day_limit"
    assert service.rule_sets(world.organisation) == rules.RULE_SETS


@pytest.mark.parametrize("name", ["bob", "alice", "charlie"])
def test_only_administrators_change_rules(world, name):
    with pytest.raises(Refusal) as refused:
        plan(viewer(world.people[name]))
    assert refused.value.status == 403


def test_another_company_keeps_its_own_rules(world, dana):
    plan(dana)
    carol = viewer(world.people["carol"])
    assert service.rule_sets(carol.organisation_id) == rules.RULE_SETS
    with pytest.raises(LookupError):
        service.drop_rules(carol, 2)
