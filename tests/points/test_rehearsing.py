"""Proposed rules tried on a real ledger: the same as awarding one by one, for administrators."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from quizapp.core.db import atomic, db
from quizapp.core.events import Rewardable
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.points import rules, service
from quizapp.points.models import Entry
from quizapp.points.rules import Rule, RuleSet
from quizapp.points.service import rehearsing
from quizapp.points.service.replaying import replay, weeks
from tests.factories import people

TODAY = date(2026, 11, 18)
LAST = date(2026, 11, 15)
FIRST = LAST - timedelta(days=90)
NEW = RuleSet(
    version=2,
    since=FIRST,
    rules=(
        Rule("daily_correct", 2, 8, 20),
        Rule("daily_finished", 1, 1, 4),
        Rule("quiz_passed", 4, 8, 8),
        Rule("preshift_answered", 0, 0),
        Rule("item_contributed", 3, 9, 9),
        Rule("report_accepted", 1, 2, 4),
    ),
    day_limit=9,
    week_limit=24,
)
PERSONAL = [name for name in rules.ACTIVITIES if name != "preshift_answered"]


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


def facts(world, who: list[int], number: int, seed: int = 7) -> list[Rewardable]:
    """Return facts of the last quarter in any order, some answered too fast."""
    draw = random.Random(seed)
    return [
        Rewardable(
            user_id=draw.choice(who),
            activity=draw.choice(PERSONAL),
            source=f"test:{n}",
            quantity=draw.randint(0, 5),
            occurred_on=LAST - timedelta(days=draw.randint(0, 27)),
            unit_id=world.team,
            note=draw.choice(["", "", "", "rapid"]),
        )
        for n in range(number)
    ]


@pytest.fixture
def team(world):
    """Six people of the team."""
    with_names = atomic(
        lambda: [
            people.person(world.organisation, world.team, f"职工{n}", f"77{n}") for n in range(6)
        ]
    )
    return with_names()


def test_other_rules_pay_what_award_would_pay_one_by_one(world, team, monkeypatch):
    told = facts(world, team, 300)
    for fact in told:
        service.award(fact)
    lines = list(rehearsing._stream(world.organisation, FIRST, LAST, None))
    replayed = {
        one.id: amount
        for week in weeks(lines)
        for one, amount in zip(week, replay(week, NEW), strict=True)
    }
    old = {one.id: one for one in lines}
    monkeypatch.setattr(rules, "RULE_SETS", (NEW,))
    service.forget_rules()
    for fact in told:
        twin = _twin(fact)
        service.award(replace(fact, source=f"again:{fact.source}", unit_id=None, user_id=twin))
    paid = dict(
        db.session.execute(
            select(Entry.source, Entry.amount).where(Entry.source.startswith("again:"))
        ).all()
    )
    sources = dict(db.session.execute(select(Entry.id, Entry.source)).all())
    assert len(replayed) == len(told) == len(paid)
    assert sum(replayed.values()) > 100
    assert {sources[i]: amount for i, amount in replayed.items()} == {
        source.removeprefix("again:"): amount for source, amount in paid.items()
    }
    assert any(one.reason == "cap" for one in old.values())


_twins: dict[int, int] = {}


def _twin(fact: Rewardable) -> int:
    """Return a second self of somebody, whose ledger is empty."""
    if fact.user_id not in _twins:
        person = db.session.get_one(people.Person, fact.user_id)
        _twins[fact.user_id] = atomic(people.person)(
            person.organisation_id, _unit_of(person.id), person.name, f"9{person.employee_number}"
        )
    return _twins[fact.user_id]


def _unit_of(person_id: int) -> int:
    unit_id = org.unit_on(person_id, TODAY)
    assert unit_id
    return unit_id


@pytest.fixture(autouse=True)
def no_twins():
    _twins.clear()


def test_the_rules_in_force_give_what_is_on_the_ledger(world, team, dana):
    service.award_all(facts(world, team, 200))
    found = service.rehearse_rules(dana, rules.RULE_SETS[0])
    on_ledger = db.session.scalar(select(func.sum(Entry.amount)))
    assert found.all
    assert found.all.now == found.all.new == on_ledger
    assert (found.first, found.last, found.one_in) == (FIRST, LAST, 1)
    assert found.unlearned[0] == found.unlearned[1]


def test_a_correction_by_hand_stays_what_it_is(world, team, dana):
    service.award_all(facts(world, team, 200))
    corrected = db.session.scalar(select(Entry).where(Entry.amount >= 2).order_by(Entry.id))
    reference = service.reference_of(corrected.id)
    service.correct_by_hand(dana, reference, amount=0, note="与事实不符，已核对答卷。")
    on_ledger = db.session.scalar(select(func.sum(Entry.amount)))
    found = service.rehearse_rules(dana, rules.RULE_SETS[0])
    assert found.all
    assert (found.all.now, found.all.new) == (on_ledger, on_ledger)


def test_a_simulation_sums_by_groups_and_writes_nothing(world, team, dana, count_statements):
    service.award_all(facts(world, team, 200))
    with count_statements() as seen:
        found = service.rehearse_rules(dana, NEW)
    cuts = {cut.key: cut for cut in found.cuts}
    assert set(cuts) == {"activity"}  # one team: the other cuts would say the same as the whole
    assert found.moved == {"small": {"none": 1}}
    assert all(statement.startswith("SELECT") for statement in seen)
    assert len(seen) <= 14


def test_fewer_than_five_people_are_no_group(world, team, dana):
    service.award_all(facts(world, team[:4], 60))
    found = service.rehearse_rules(dana, NEW)
    assert found.all is None
    assert (found.cuts, found.moved, found.unlearned) == ([], {}, (None, None))


def test_another_company_is_not_counted(world, team):
    service.award_all(facts(world, team, 60))
    carol = people.viewer(world.people["carol"])
    assert service.rehearse_rules(carol, NEW).all is None


def test_a_small_group_is_shown_with_another(world, team, dana):
    others = atomic(
        lambda: people.unit(world.organisation, world.workshop, "team", "焊装二班", "A119")
    )()
    far = atomic(lambda: people.unit(world.organisation, world.plant, "workshop", "总装", "A12"))()
    small = atomic(lambda: people.unit(world.organisation, far, "team", "总装一班", "A121"))()
    told = facts(world, team, 100)
    few = [
        replace(fact, unit_id=small, user_id=world.people["bob"], source=f"few:{n}")
        for n, fact in enumerate(told[:5])
    ]
    service.award_all([*told, *few])
    assert others
    found = service.rehearse_rules(dana, NEW)
    assert "workshop" not in {cut.key for cut in found.cuts}
    assert all(sums.people >= 5 for cut in found.cuts for sums in cut.groups.values())


def test_shifts_are_told_by_the_calendar_of_the_unit(world, dana):
    pattern = org.set_pattern(
        dana.id, world.organisation, code="3", name="三班", cycle="DMNR", anchor_on=FIRST
    )
    org.assign_shifts(dana.id, pattern, unit_id=world.workshop, since=FIRST)
    shift = org.unit_shifts(world.organisation, FIRST, LAST)
    for step in range(5):
        day = FIRST + timedelta(days=step)
        assert shift(world.team, day) == org.shift_of_unit(world.team, day)
    assert shift(world.other_team, FIRST) is None


def test_a_large_organisation_looks_at_a_part_of_its_teams(world, team, dana, monkeypatch):
    monkeypatch.setattr(rehearsing, "MOST_PEOPLE", 5)
    service.award_all(facts(world, team, 60))
    assert service.rehearse_rules(dana, NEW).one_in > 1


def test_only_administrators_simulate(world):
    with pytest.raises(Refusal):
        service.rehearse_rules(people.viewer(world.people["bob"]), NEW)
