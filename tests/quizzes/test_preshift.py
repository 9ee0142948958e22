"""The question before a shift: which one, once for a team, and nothing of its key before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from question_bank.items import Choice, Option
from quizapp.accounts.models import RoleGrant
from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.checks import all_invariants
from quizapp.core.db import atomic, db
from quizapp.core.events import rewards_since
from quizapp.core.forms import Refusal
from quizapp.items import service as items
from quizapp.items.models import Item
from quizapp.leaderboards import service as leaderboards
from quizapp.leaderboards.models import UnitDay
from quizapp.org import service as org
from quizapp.org.rules import TEAM, WORKSHOP
from quizapp.points import service as points
from quizapp.points.models import Entry
from quizapp.quizzes import rules
from quizapp.quizzes.models import Preshift, PreshiftAnswer
from quizapp.quizzes.rules import EARLY, MIDDLE, NIGHT, Shift
from quizapp.quizzes.service import preshift
from tests.conftest import NOW, rolled_back
from tests.factories import bank, people
from tests.factories.season import open_season, settle_boards
from tests.ledger import opened_ledger
from tests.savepoints import undone

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 18)


def at(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    """Return a moment by the wall clock of the company."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE))


# --- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "shift"),
    [
        (at(5, 29), Shift(TODAY - timedelta(days=1), NIGHT)),
        (at(5, 30), Shift(TODAY, EARLY)),
        (at(13, 29), Shift(TODAY, EARLY)),
        (at(13, 30), Shift(TODAY, MIDDLE)),
        (at(21, 30), Shift(TODAY, NIGHT)),
        (at(2, 0, TODAY + timedelta(days=1)), Shift(TODAY, NIGHT)),
    ],
)
def test_a_shift_has_its_question_half_an_hour_before_it_begins(moment, shift):
    assert rules.shift_at(moment, ZONE) == shift


def test_a_shift_can_be_entered_from_its_beginning_for_a_week():
    now = Shift(TODAY, MIDDLE)
    assert rules.may_enter(now, now)
    assert rules.may_enter(Shift(TODAY, EARLY), now)
    assert not rules.may_enter(Shift(TODAY, NIGHT), now)
    assert not rules.may_enter(Shift(TODAY + timedelta(days=1), EARLY), now)
    assert rules.may_enter(Shift(TODAY - timedelta(days=7), EARLY), now)
    assert not rules.may_enter(Shift(TODAY - timedelta(days=8), NIGHT), now)


@pytest.mark.parametrize(
    ("stem", "options", "fits"),
    [
        ("字" * 52, ["对", "错"], True),
        ("字" * 53, ["对", "错"], False),
        ("a" * 104, ["对", "错"], True),
        ("两行\n的题", ["对", "错"], False),
        ("题", ["字" * 20] * 4, True),
        ("题", ["字" * 21, "短"], False),
        ("题", ["短"] * 5, False),
        ("题", ["短"], False),
    ],
)
def test_only_what_a_wall_can_show_is_asked(stem, options, fits):
    assert rules.fits_wall(stem, options) is fits


# --- the service ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def settled(app: Flask) -> Iterator[people.World]:
    """The cast, a second team in the workshop, and a bank of 60 items of all kinds, made once."""
    with rolled_back(app), clock.frozen(NOW):
        made = people.world()
        made.people["eve"] = second_team(made)
        items.load_packs(made.organisation, [bank.pack(60)])
        items.approve_for_demo(made.organisation)
        open_season(made.organisation)
        yield made


@atomic
def second_team(world: people.World) -> int:
    """Add a team beside Alice's, led by Eve, and return her id."""
    team = people.unit(world.organisation, world.workshop, TEAM, "焊装二班", "A112")
    return people.person(world.organisation, team, "Eve", "1010", role=Role.LEADER)


@pytest.fixture
def world(settled: people.World) -> Iterator[people.World]:
    """The cast, at the tests' present: 10:30, an early shift."""
    with undone(), clock.frozen(NOW):
        yield settled


@pytest.fixture
def alice(world):
    """The leader of the team."""
    return people.viewer(world.people["alice"])


@pytest.fixture
def eve(world):
    """The leader of the other team of the workshop."""
    return people.viewer(world.people["eve"])


def ask(who, shift: Shift | None = None) -> preshift.Question:
    """Return the question of somebody's team."""
    found = preshift.find_question(
        who.organisation_id,
        preshift.get_team(who),
        shift or preshift.present_shift(who.organisation_id),
    )
    assert found
    return found


def entry(question: preshift.Question, place: int = 0, **more) -> preshift.Entry:
    """Return the form that answers a question with the option at a place."""
    return preshift.Entry(question.claim, question.prompt.options[place].id, {}, **more)


def count(model) -> int:
    """Return how many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_question_is_the_same_until_it_is_stored_and_after(alice):
    first, again = ask(alice), ask(alice)
    assert (first.version_id, first.prompt) == (again.version_id, again.prompt)
    assert first.public_id is None
    assert count(Preshift) == 0, "looking stores nothing"
    public_id = preshift.record(alice, entry(first))
    stored = preshift.get_question(alice, public_id)
    assert (stored.version_id, stored.prompt) == (first.version_id, first.prompt)


def test_another_day_and_another_shift_have_another_question(alice, world):
    team = preshift.get_team(alice)
    asked = set()
    for n in range(4):
        for slot in rules.SLOTS:
            shift = Shift(TODAY + timedelta(days=n), slot)
            preshift.prepare(world.organisation, [team], shift)
            asked.add(ask(alice, shift).version_id)
    assert len(asked) == 12


def test_nothing_comes_back_within_thirty_days_while_there_is_another(alice, world):
    team = preshift.get_team(alice)
    seen = []
    for n in range(30):
        shift = Shift(TODAY + timedelta(days=n), EARLY)
        preshift.prepare(world.organisation, [team], shift)
        seen.append(ask(alice, shift).version_id)
    assert len(set(seen)) == 30
    late = Shift(TODAY + timedelta(days=29), MIDDLE)
    for slot in (MIDDLE, NIGHT):  # the bank has 40 that fit; now they run out
        for n in range(12):
            preshift.prepare(world.organisation, [team], Shift(TODAY + timedelta(days=n), slot))
    assert ask(alice, late), "the one that rested longest comes back"


def test_only_short_items_with_one_right_option_are_asked(alice, world):
    team = preshift.get_team(alice)
    for n in range(40):
        shift = Shift(TODAY + timedelta(days=n), EARLY)
        preshift.prepare(world.organisation, [team], shift)
        assert ask(alice, shift).prompt.kind in ("single", "true_false")


def test_what_many_got_wrong_is_asked_first(alice, world):
    hard = db.session.scalars(
        select(Item.id).where(Item.organisation_id == world.organisation, Item.kind == "single")
    ).all()[-1]
    db.session.execute(update(Item).where(Item.id == hard).values(facility=0.3, responses=90))
    db.session.commit()
    assert items.get_stored(ask(alice).version_id).item_id == hard


def test_an_item_that_is_too_long_is_never_asked(world):
    text = "这个选项写得很长很长很长很长很长很长很长很长很长"
    options = tuple(Option(str(n), f"{text}{n}") for n in range(4))
    made = bank.pack(5)
    long = Choice("single", "题", options, frozenset("0"), "说明")
    lines = tuple(replace(one, item=long, uid=f"long-{n}") for n, one in enumerate(made.items))
    items.load_packs(world.other_organisation, [replace(made, items=lines)])
    items.approve_for_demo(world.other_organisation)
    team = org.get_units([world.other_team])[world.other_team]
    shift = preshift.present_shift(world.other_organisation)
    assert preshift.find_question(world.other_organisation, team, shift) is None


def test_teams_of_a_workshop_share_a_question_and_answer_for_themselves(alice, eve, world):
    mine, theirs = ask(alice), ask(eve)
    assert mine.prompt == theirs.prompt
    preshift.record(alice, entry(mine))
    assert ask(alice).told
    assert ask(eve).told is None
    assert ask(eve).prompt == mine.prompt


def test_a_workshop_is_told_once_all_its_teams_have_answered(alice, eve, world):
    workshop = org.get_units([world.workshop])[world.workshop]
    shift = preshift.present_shift(world.organisation)

    def wall() -> preshift.Question:
        found = preshift.find_question(world.organisation, workshop, shift)
        assert found
        return found

    assert (wall().answered, wall().teams, wall().told) == (0, 2, None)
    preshift.record(alice, entry(ask(alice)))
    assert (wall().answered, wall().told) == (1, None)
    preshift.record(eve, entry(ask(eve), 1))
    told = wall().told
    assert told
    assert (told.chosen, told.is_correct) == ("", None)
    assert bank.CANARY in told.explanation


def test_a_second_submission_gets_the_first_result(alice, world):
    question = ask(alice)
    first = preshift.record(alice, entry(question))
    told = preshift.get_question(alice, first).told
    assert preshift.record(alice, entry(question, 1)) == first
    assert preshift.get_question(alice, first).told == told
    assert count(PreshiftAnswer) == 1
    assert count(Entry) == 1


def test_right_and_wrong_earn_the_team_the_same(alice, eve, world):
    question = ask(alice)
    right = next(iter(items.get_stored(question.version_id).item.key_ids))
    wrong = next(one.id for one in question.prompt.options if one.id != right)
    preshift.record(alice, preshift.Entry(question.claim, right, {}))
    preshift.record(eve, preshift.Entry(ask(eve).claim, wrong, {}))
    entries = db.session.scalars(select(Entry)).all()
    assert {one.beneficiary for one in entries} == {
        f"t:{world.team}",
        f"t:{preshift.get_team(eve).id}",
    }
    assert {(one.activity, one.amount, one.author_id) for one in entries} == {
        ("preshift_answered", 1, None)
    }


def test_a_team_earns_three_times_a_week(alice, world):
    monday = TODAY - timedelta(days=2)
    for n in range(5):
        with clock.frozen(at(8, day=monday + timedelta(days=n))):
            preshift.record(alice, entry(ask(alice)))
    amounts = db.session.scalars(select(Entry.amount).order_by(Entry.id)).all()
    assert amounts == [1, 1, 1, 0, 0]


def test_the_board_counts_what_a_team_earned(alice, world):
    settle_boards()
    preshift.record(alice, entry(ask(alice)))
    while leaderboards.tick():
        pass
    day = db.session.get(UnitDay, (world.team, TODAY))
    assert day
    assert day.points == 1
    assert points.sums_of_unit_days([(world.team, TODAY)])[world.team, TODAY] == 1
    assert points.sum_of_person(alice.id, TODAY, TODAY) == 0


def test_facts_are_told_again_and_the_ledger_can_be_written_anew(alice, world):
    preshift.record(alice, entry(ask(alice)))
    facts = list(rewards_since(TODAY))
    assert [(f.user_id, f.unit_id, f.quantity) for f in facts] == [(None, world.team, 1)]
    with opened_ledger():
        db.session.query(Entry).delete()
    db.session.commit()
    assert points.reward_again(TODAY) == 1
    assert points.reward_again(TODAY) == 0


def test_every_invariant_holds_after_answers(alice, eve, world):
    preshift.record(alice, entry(ask(alice)))
    preshift.record(eve, entry(ask(eve), 1))
    while leaderboards.tick():
        pass
    assert {i.number: list(i.check()) for i in all_invariants()} == {
        i.number: [] for i in all_invariants()
    }


def test_what_was_seen_counts_when_something_else_was_stored_meanwhile(alice, world):
    question = ask(alice)
    team = preshift.get_team(alice)
    preshift.prepare(world.organisation, [team], question.shift)
    other = db.session.scalars(
        select(Item).where(Item.kind == "single", Item.current_version_id != question.version_id)
    ).first()
    row = db.session.scalars(select(Preshift)).one()
    row.item_id, row.item_version_id = other.id, other.current_version_id
    db.session.commit()
    public_id = preshift.record(alice, entry(question))
    assert preshift.get_question(alice, public_id).version_id == question.version_id


def test_hands_are_numbers_and_nobodys(alice, world):
    question = ask(alice)
    ids = [one.id for one in question.prompt.options]
    form = preshift.Entry(question.claim, ids[0], {ids[0]: "7", ids[1]: "", "nonsense": "3"})
    preshift.record(alice, form)
    kept = db.session.scalars(select(PreshiftAnswer)).one()
    assert json.loads(kept.hands) == {ids[0]: 7}
    for typed in ("7.5", "-1", "Bob", "501"):
        with pytest.raises(Refusal):
            preshift.record(alice, replace(form, hands={ids[0]: typed}))


@pytest.mark.parametrize("option", ["", "nonsense"])
def test_an_option_has_to_be_chosen(alice, option):
    with pytest.raises(Refusal) as refused:
        preshift.record(alice, preshift.Entry(ask(alice).claim, option, {}))
    assert refused.value.field == "option"
    assert count(Preshift) == 0


@pytest.mark.parametrize("claim", ["", "nonsense", "WyJhIl0.aw3ksQ.pAfSdZ68ZNaeCkrT2Wk1VsPoJKs"])
def test_a_claim_is_the_servers(alice, claim):
    with pytest.raises(Refusal):
        preshift.record(alice, preshift.Entry(claim, "true", {}))


def test_nobody_answers_for_another_team(alice, eve, world):
    theirs = ask(eve)
    with pytest.raises(LookupError):
        preshift.record(alice, entry(theirs))
    public_id = preshift.record(eve, entry(theirs))
    with pytest.raises(LookupError):
        preshift.get_question(alice, public_id)
    with pytest.raises(LookupError):
        preshift.get_team(people.viewer(world.people["bob"]))


def test_paper_is_entered_within_a_week_and_not_before_its_shift(alice, world):
    sheet = preshift.print_week(alice, None, first=TODAY, slot=EARLY)
    assert [line.day for line in sheet.lines] == [TODAY + timedelta(days=n) for n in range(7)]
    coming = ask(alice, Shift(TODAY + timedelta(days=1), EARLY))
    with pytest.raises(Refusal):
        preshift.record(alice, entry(coming, way=rules.PAPER))
    with clock.frozen(at(9, day=TODAY + timedelta(days=3))):
        preshift.record(alice, entry(coming, way=rules.PAPER))
        lines = preshift.list_lines(
            world.organisation, preshift.get_team(alice), Shift(TODAY + timedelta(days=3), EARLY)
        )
    assert [(line.day - TODAY).days for line in lines] == [3, 2, 1, 0]
    assert [line.is_answered for line in lines] == [False, False, True, False]
    assert db.session.scalars(select(PreshiftAnswer.way)).all() == [rules.PAPER]
    with clock.frozen(at(9, day=TODAY + timedelta(days=8))), pytest.raises(Refusal):
        preshift.record(alice, entry(ask(alice, Shift(TODAY, EARLY)), way=rules.PAPER))


def test_a_sheet_keeps_its_key_apart(alice):
    sheet = preshift.print_week(alice, None, first=TODAY, slot=NIGHT)
    assert bank.CANARY not in repr(sheet.lines)
    assert all(bank.CANARY in key.explanation for key in sheet.keys)
    assert count(Preshift) == 7
    assert preshift.print_week(alice, None, first=TODAY, slot=NIGHT).lines == sheet.lines


def test_a_question_has_no_field_for_the_key_but_what_was_told(alice):
    question = ask(alice)
    assert question.told is None
    assert bank.CANARY not in repr(question)
    assert {field.name for field in fields(preshift.Question)} == {
        "unit_public_id", "unit_name", "shift", "public_id", "version_id", "prompt", "claim",
        "told", "answered", "teams",
    }  # fmt: skip


# --- codes, jobs, counting ------------------------------------------------------------------------


def test_a_code_is_one_teams_for_one_shift(alice, eve, world):
    shift = Shift(TODAY, EARLY)
    codes = {
        preshift.code_of(preshift.get_team(who).public_id, Shift(TODAY, slot))
        for who in (alice, eve)
        for slot in rules.SLOTS
    }
    assert len(codes) == 6
    workshop = org.get_units([world.workshop])[world.workshop]
    question = preshift.find_question(world.organisation, workshop, shift)
    mine = preshift.code_of(preshift.get_team(alice).public_id, shift)
    old = preshift.code_of(preshift.get_team(alice).public_id, Shift(TODAY, NIGHT))
    for wrong in (old, "", "12345", "abcdef"):
        with pytest.raises(Refusal) as refused:
            preshift.record_on_wall(world.organisation, workshop, entry(question), wrong)
        assert refused.value.field == "code"
    typed = f"{mine[:3]} {mine[3:]}"
    preshift.record_on_wall(world.organisation, workshop, entry(question), typed)
    row = db.session.execute(
        select(Preshift.unit_id, PreshiftAnswer.way, PreshiftAnswer.recorded_by).join(
            PreshiftAnswer, PreshiftAnswer.preshift_id == Preshift.id
        )
    ).one()
    assert tuple(row) == (world.team, rules.KIOSK, None)


def test_the_code_of_another_place_opens_nothing(alice, eve, world):
    team = preshift.get_team(alice)
    other = preshift.code_of(preshift.get_team(eve).public_id, Shift(TODAY, EARLY))
    with pytest.raises(Refusal):
        preshift.record_on_wall(world.organisation, team, entry(ask(alice)), other)


def test_the_next_shift_is_prepared_for_teams_with_a_rep(world):
    assert preshift.prepare_due() == 0
    db.session.add(
        RoleGrant(person_id=world.people["bob"], unit_id=world.team, role=Role.LEARNING_REP.value)
    )
    db.session.commit()
    with clock.frozen(at(4, 20)):
        assert preshift.prepare_due() == 1
        assert preshift.prepare_due() == 0
    row = db.session.scalars(select(Preshift)).one()
    assert (row.unit_id, row.day, row.slot) == (world.team, TODAY, EARLY)


def test_looking_costs_the_same_however_many_teams_there_are(alice, world, count_statements):
    unit = org.get_units([world.workshop])[world.workshop]
    assert unit.kind == WORKSHOP
    shift = Shift(TODAY, EARLY)
    preshift.find_question(world.organisation, unit, shift)
    with count_statements() as few:
        preshift.find_question(world.organisation, unit, shift)
    for n in range(6):
        people.unit(world.organisation, world.workshop, TEAM, f"新{n}班", f"A12{n}")
    teams = org.list_units(world.organisation, below=unit.path, kinds=(TEAM,))
    preshift.prepare(world.organisation, teams, shift)
    with count_statements() as many:
        preshift.find_question(world.organisation, unit, shift)
    assert len(many) <= len(few)
