"""Assigning, the guard, one's own list, and what is counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from quizapp.accounts.models import Person
from quizapp.agenda import rules, service
from quizapp.agenda.models import Aside, Assignment, Done, Target
from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.checks import all_invariants
from quizapp.core.db import atomic
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org import service as org
from quizapp.quizzes.models import QuizBlueprint
from tests.conftest import NOW
from tests.factories import people
from tests.factories import published as quizzes

from .conftest import THURSDAY

NEXT_WEEK = THURSDAY + timedelta(weeks=1)


def count(model):
    """Return how many rows a table has."""
    return database.session.scalar(select(func.count()).select_from(model))


def public_person(world, name):
    """Return the public id of somebody of the cast."""
    return database.session.get_one(Person, world.people[name]).public_id


def public_unit(unit_id):
    """Return the public id of a unit."""
    return org.get_units([unit_id])[unit_id].public_id


def titles(lines):
    """Return the titles of tasks, in their order."""
    return [line.title for line in lines]


def colleagues(world):
    """Return the ids of the eight people of the team."""
    others = database.session.scalars(
        select(Person.id).where(Person.name.startswith("同事")).order_by(Person.id)
    )
    return [world.people["alice"], world.people["bob"], *others]


# --- the list -------------------------------------------------------------------------------------


def test_a_task_of_the_team_is_in_everybodys_list(alice, bob, dana, assign, quiz):
    assign(alice, quiz("动火作业专题测验"), note="下周要动火")
    (task,) = service.list_tasks(bob).open
    assert (task.title, task.wish, task.due_on) == ("动火作业专题测验", "recommended", THURSDAY)
    assert (task.minutes, task.note, task.state) == (7, "下周要动火", "open")
    assert service.list_tasks(dana).open == []  # she is in no team


def test_a_task_of_a_unit_above_and_one_by_name_are_too(world, dana, bob, assign):
    assign(dana, units=[public_unit(world.plant)])
    assign(dana, units=[], persons=[public_person(world, "bob")])
    assert len(service.list_tasks(bob).open) == 2
    assert len(service.list_tasks(people.viewer(world.people["alice"])).open) == 1


def test_no_row_is_written_for_the_people_who_are_meant(world, dana, assign):
    assign(dana, units=[public_unit(world.plant)])
    assert (count(Assignment), count(Target), count(Done), count(Aside)) == (1, 1, 0, 0)


def test_a_quiz_for_others_is_in_no_list(world, dana, bob, assign, quiz):
    """Who may not take a quiz has no task of it, though the unit was given it."""
    office = org.get_units([world.workshop])[world.workshop]
    for_leaders = quiz("班组长测验", for_units=(office.id,), role="leader")
    with pytest.raises(Refusal):
        assign(dana, for_leaders)
    fits = quiz("全员")
    assign(dana, fits)
    _limit_to(fits, office.id, role="leader")
    assert service.list_tasks(bob).open == []
    assert titles(service.list_tasks(people.viewer(world.people["alice"])).open) == ["全员"]


@atomic
def _limit_to(quiz_id, unit_id, role):
    from quizapp.quizzes.models import Audience

    row = database.session.query(QuizBlueprint).filter_by(public_id=quiz_id).one()
    database.session.add(Audience(blueprint_id=row.id, unit_id=unit_id, role=role))


def test_after_its_day_a_task_is_still_open_and_last(alice, bob, assign, quiz):
    assign(alice, quiz("先"), due_on=NOW.date())
    assign(alice, quiz("后"), due_on=THURSDAY)
    with clock.frozen(NOW + timedelta(days=3)):
        late = service.list_tasks(bob).open
    assert titles(late) == ["后", "先"]
    assert [task.is_past_day for task in late] == [False, True]


def test_thirty_days_later_it_has_left_the_list(alice, bob, assign):
    assign(alice, due_on=THURSDAY)
    after = NOW + (THURSDAY - NOW.date())
    with clock.frozen(after + timedelta(days=rules.SHOWN_DAYS)):
        assert len(service.list_tasks(bob).open) == 1
        assert service.list_assigned(alice).lines
    with clock.frozen(after + timedelta(days=rules.SHOWN_DAYS + 1)):
        assert service.list_tasks(bob).open == []
        assert service.list_assigned(alice).lines == []
        assert len(service.list_assigned(alice, service.ARCHIVE).lines) == 1


def test_a_closed_quiz_has_ended_and_was_not_missed(alice, bob, assign, quiz):
    closes_at = NOW + timedelta(days=9)
    assign(alice, quiz("周测", mode="weekly", closes_at=closes_at))
    with clock.frozen(closes_at):
        tasks = service.list_tasks(bob)
    assert (titles(tasks.open), titles(tasks.past)) == ([], ["周测"])


def test_when_all_attempts_are_used_the_task_has_ended(world, alice, bob, assign, quiz):
    exam = quiz("考试", mode="exam", attempts_allowed=1, cut_score=0.8, tells_after=quizzes.ALL)
    assign(alice, exam)
    quizzes.finish(bob.id, exam, is_passed=False)
    assert titles(service.list_tasks(bob).past) == ["考试"]


def test_today_shows_three_and_costs_three_statements(alice, bob, assign, count_statements):
    for week in range(4):
        assign(alice, due_on=THURSDAY + timedelta(weeks=week))
    with count_statements() as seen:
        lines = service.list_on_today(bob)
    assert len(lines) == 3
    assert len(seen) == 3  # the tasks, how their quizzes stand, what the law asks


def test_today_costs_two_statements_without_a_task(bob, count_statements):
    with count_statements() as seen:
        assert service.list_on_today(bob) == []
    assert len(seen) == 2


def test_the_list_costs_the_same_for_one_task_and_for_many(alice, bob, assign, count_statements):
    assign(alice)
    with count_statements() as one:
        service.list_tasks(bob)
    for week in range(1, 12):
        assign(alice, due_on=THURSDAY + timedelta(weeks=week))
    with count_statements() as many:
        assert len(service.list_tasks(bob).open) == 12
    assert len(one) == len(many) == 3


# --- putting aside --------------------------------------------------------------------------------


def test_a_suggestion_may_be_put_aside_and_taken_up_again(alice, bob, assign):
    task = assign(alice)
    service.put_aside(bob, task, is_aside=True)
    service.put_aside(bob, task, is_aside=True)
    tasks = service.list_tasks(bob)
    assert (len(tasks.open), len(tasks.aside)) == (0, 1)
    assert service.list_on_today(bob) == []
    service.put_aside(bob, task, is_aside=False)
    assert len(service.list_tasks(bob).open) == 1


def test_nobody_sees_what_was_put_aside(alice, bob, assign):
    task = assign(alice)
    before = service.get_assigned(alice, task)
    service.put_aside(bob, task, is_aside=True)
    assert service.get_assigned(alice, task) == before
    assert database.session.scalar(select(AuditRow).where(AuditRow.actor_id == bob.id)) is None


def test_statutory_training_is_not_put_aside(tess, bob, assign):
    task = assign(tess, wish="statutory", legal_basis="安全生产法第二十八条")
    with pytest.raises(Refusal):
        service.put_aside(bob, task, is_aside=True)
    assert len(service.list_tasks(bob).open) == 1


def test_another_ones_task_cannot_be_put_aside(world, alice, assign):
    task = assign(alice)
    with pytest.raises(LookupError):
        service.put_aside(people.viewer(world.people["charlie"]), task, is_aside=True)


# --- done -----------------------------------------------------------------------------------------


def test_a_final_attempt_is_done_and_counted_once(alice, bob, assign, quiz):
    subject = quiz("专题")
    task = assign(alice, subject)
    fact = quizzes.finish(bob.id, subject)
    _tell_again(fact)
    (line,) = service.list_tasks(bob).done
    assert line.done_on == NOW.date()
    assert (
        database.session.scalars(select(Assignment.done).where(Assignment.public_id == task)).one()
        == 1
    )
    assert count(Done) == 1


@atomic
def _tell_again(fact):
    from quizapp.core.events import announce

    announce(fact)


def test_a_task_does_not_tell_of_passing_before_the_quiz_does(alice, bob, assign, quiz):
    subject = quiz("考试", mode="exam", cut_score=0.8)
    assign(alice, subject)
    quizzes.finish(bob.id, subject, is_passed=False)
    assert titles(service.list_tasks(bob).done) == ["考试"]


def test_with_a_cut_score_it_has_to_be_passed(alice, bob, assign, quiz):
    subject = quiz("专题", cut_score=0.8, tells_after=quizzes.ALL)
    assign(alice, subject)
    quizzes.finish(bob.id, subject, is_passed=False)
    assert len(service.list_tasks(bob).open) == 1
    quizzes.finish(bob.id, subject, is_passed=True)
    assert len(service.list_tasks(bob).done) == 1


def test_what_was_done_before_it_was_assigned_is_done(alice, bob, assign, quiz):
    subject = quiz("专题")
    quizzes.finish(bob.id, subject)
    assign(alice, subject)
    (line,) = service.list_tasks(bob).done
    assert line.done_on is None
    assert count(Done) == 0


def test_somebody_else_who_takes_the_quiz_is_not_counted(world, alice, dana, assign, quiz):
    subject = quiz("专题")
    assign(alice, subject)
    quizzes.finish(dana.id, subject)
    assert count(Done) == 0


def test_a_daily_set_costs_the_agenda_nothing(world, bob, count_statements):
    from quizapp.quizzes.listeners import note_task_done
    from tests.factories.season import finished_set

    finished_set(bob)
    daily = database.session.scalars(
        select(QuizBlueprint.id).where(QuizBlueprint.mode == "daily")
    ).one()
    fact = quizzes.AttemptFinished(
        attempt_id=1,
        public_id="x",
        blueprint_id=daily,
        person_id=bob.id,
        unit_id=bob.unit_id,
        mode="daily",
        day=NOW.date(),
        score=5,
        length=5,
        is_passed=None,
    )
    with count_statements() as seen:
        note_task_done(fact)
    assert seen == []


def test_counts_begin_with_five(world, alice, assign, quiz):
    subject = quiz("专题")
    task = assign(alice, subject)
    shown = []
    for person_id in colleagues(world):
        quizzes.finish(person_id, subject)
        shown.append(service.get_assigned(alice, task).done)
    assert shown == [None, None, None, None, 5, 6, 7, 8]


# --- the guard ------------------------------------------------------------------------------------


def test_a_third_task_of_a_week_is_refused_with_a_better_week(alice, assign):
    assign(alice)
    assign(alice, due_on=date(2026, 11, 23))
    with pytest.raises(service.TooMuch) as refused:
        assign(alice)
    assert refused.value.better_on == NEXT_WEEK
    assert "焊装一班" in refused.value.message
    assert count(Assignment) == 2


def test_tasks_above_and_below_count_together(world, dana, alice, assign):
    assign(dana, units=[public_unit(world.plant)])
    assign(alice)
    for units in ([public_unit(world.workshop)], [public_unit(world.team)]):
        with pytest.raises(service.TooMuch) as refused:
            assign(dana, units=units)
        assert "焊装一班" in refused.value.message


def test_a_neighbour_is_not_held_up(world, dana, alice, assign):
    @atomic
    def add():
        return people.unit(world.organisation, world.workshop, "team", "焊装二班", "A112")

    neighbour = public_unit(add())
    assign(alice)
    assign(alice)
    assign(dana, units=[neighbour])
    assert count(Assignment) == 3


def test_people_by_name_count_with_their_unit(world, dana, alice, assign):
    bob = public_person(world, "bob")
    assign(alice)
    assign(dana, units=[], persons=[bob])
    with pytest.raises(service.TooMuch) as refused:
        assign(dana, units=[], persons=[bob])
    assert "Bob" in refused.value.message
    with pytest.raises(service.TooMuch) as refused:
        assign(alice)
    assert "Bob" in refused.value.message
    assign(dana, units=[], persons=[public_person(world, "alice")])


def test_what_was_taken_back_makes_room(alice, assign):
    first = assign(alice)
    assign(alice)
    service.withdraw(alice, first)
    service.withdraw(alice, first)
    assign(alice)


def test_statutory_training_is_neither_counted_nor_held_up(alice, tess, assign):
    by_law = {"wish": "statutory", "legal_basis": "安全生产法第二十八条"}
    assign(tess, **by_law)
    assign(alice)
    assign(alice)
    assign(tess, **by_law)


def test_no_better_week_is_offered_after_the_quiz_has_closed(alice, assign, quiz):
    assign(alice)
    assign(alice)
    soon = quiz("周测", mode="weekly", closes_at=NOW + timedelta(days=9))
    with pytest.raises(service.TooMuch) as refused:
        assign(alice, soon)
    assert refused.value.better_on is None


def test_the_same_thing_twice_is_refused_with_words(world, dana, alice, assign, quiz):
    subject = quiz("动火作业专题测验")
    assign(alice, subject)
    for who, units, persons in (
        (alice, None, ()),
        (dana, [public_unit(world.plant)], ()),
        (dana, [], [public_person(world, "bob")]),
    ):
        with pytest.raises(Refusal) as refused:
            assign(who, subject, units=units, persons=persons, due_on=NEXT_WEEK)
        assert "动火作业专题测验" in refused.value.message
        assert "焊装一班" in refused.value.message
    with clock.frozen(NOW + timedelta(days=10)):  # its day has passed
        assign(alice, subject, due_on=NEXT_WEEK)


def test_the_guard_reads_two_statements_whatever_there_is(
    world, dana, alice, assign, count_statements
):
    subject = None
    with count_statements() as few:
        assign(alice, subject)
    for week in range(1, 8):
        assign(alice, due_on=THURSDAY + timedelta(weeks=week))
    with count_statements() as many:
        assign(alice)
    assert len(few) == len(many)


# --- what may be assigned, to whom, how -----------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"due_on": NOW.date() - timedelta(days=1)}, "due_on"),
        ({"due_on": NOW.date() + timedelta(days=181)}, "due_on"),
        ({"wish": "compulsory"}, "wish"),
        ({"wish": "statutory", "legal_basis": "安全生产法"}, "wish"),
        ({"note": "务必完成"}, "note"),
        ({"note": "Everybody MUST do this"}, "note"),
        ({"note": "好" * 201}, "note"),
        ({"units": []}, "units"),
        ({"units": ["AAAAAAAA"]}, "units"),
        ({"persons": ["AAAAAAAA"]}, "units"),
        ({"units": [str(n) for n in range(21)]}, "units"),
        ({"subject_id": "AAAAAAAA"}, "subject"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(alice, assign, change, field):
    with pytest.raises(Refusal) as refused:
        assign(alice, **change)
    assert (refused.value.field, refused.value.status) == (field, 422)
    assert count(Assignment) == 0


def test_due_on_the_day_it_closes_and_not_later(alice, assign, quiz):
    subject = quiz("周测", mode="weekly", closes_at=NOW + timedelta(days=8))
    with pytest.raises(Refusal) as refused:
        assign(alice, subject, due_on=date(2026, 11, 27))
    assert refused.value.field == "due_on"
    assign(alice, subject, due_on=THURSDAY)


def test_a_leader_reaches_the_own_team_and_nobody_else(world, alice, assign):
    for choice in (
        {"units": [public_unit(world.workshop)]},
        {"units": [public_unit(world.other_team)]},
        {"units": [], "persons": [public_person(world, "dana")]},
        {"units": [], "persons": [public_person(world, "charlie")]},
    ):
        with pytest.raises(Refusal) as refused:
            assign(alice, **choice)
        assert refused.value.field == "units"
    assert [unit.name for unit in service.list_units(alice)] == ["焊装一班"]
    assert service.search_people(alice, "Dana") == []
    assert [found.name for found in service.search_people(alice, "1002")] == ["Bob"]


def test_statutory_training_needs_its_trainer_and_its_law(tess, assign, quiz):
    with pytest.raises(Refusal) as refused:
        assign(tess, wish="statutory")
    assert refused.value.field == "legal_basis"
    exam = quiz("年度复训", mode="statutory", legal_basis="安全生产法第二十八条")
    task = assign(tess, exam, wish="statutory", note="必须在到期前完成")
    assert service.get_assigned(tess, task).legal_basis == "安全生产法第二十八条"


def test_training_by_law_is_assigned_as_such_and_by_its_trainer(alice, tess, assign, quiz):
    exam = quiz("年度复训", mode="statutory", legal_basis="安全生产法第二十八条")
    for who, wish in ((alice, "recommended"), (tess, "voluntary"), (alice, "statutory")):
        with pytest.raises(Refusal) as refused:
            assign(who, exam, wish=wish)
        assert refused.value.field == "wish"
    assert service.list_offers(alice) == []
    assert [offer.title for offer in service.list_offers(tess)] == ["年度复训"]


def test_only_open_quizzes_of_the_own_scope_are_offered(world, alice, dana, quiz):
    quiz("全员")
    quiz("本车间", for_units=(world.workshop,))
    quiz("草稿", state="draft")
    quiz("未到", opens_at=NOW + timedelta(days=1))
    quiz("已过", closes_at=NOW)
    quiz("别的公司", for_units=(world.other_team,))
    quizzes.publish(world.other_organisation, "外面的")
    offered = [offer.title for offer in service.list_offers(alice)]
    assert sorted(offered) == ["全员", "本车间"]
    assert sorted(offer.title for offer in service.list_offers(dana)) == ["全员", "本车间"]


def test_a_quiz_for_a_unit_is_not_assigned_beyond_it(world, dana, assign, quiz):
    subject = quiz("本车间", for_units=(world.workshop,))
    with pytest.raises(Refusal) as refused:
        assign(dana, subject, units=[public_unit(world.plant)])
    assert refused.value.field == "units"
    assert "一厂" in refused.value.message
    assign(dana, subject)


def test_a_chosen_unit_takes_in_those_below_it(world, dana, assign, team):
    assign(dana, units=[team, public_unit(world.plant), public_unit(world.workshop)])
    assert [row.unit_id for row in database.session.scalars(select(Target))] == [world.plant]


# --- what those who assign see --------------------------------------------------------------------


def test_others_of_the_scope_see_and_take_back_what_was_assigned_in_it(world, alice, dana, assign):
    task = assign(alice)
    assert service.list_assigned(dana).lines == []
    (line,) = service.list_assigned(dana, service.SCOPE).lines
    assert (line.by, line.audience, line.is_own) == ("Alice", ("焊装一班",), False)
    service.withdraw(dana, task)
    assert service.list_assigned(alice).lines == []
    (line,) = service.list_assigned(alice, service.ARCHIVE).lines
    assert line.is_withdrawn


def test_a_leader_sees_nothing_of_the_units_above(world, alice, dana, assign):
    task = assign(dana, units=[public_unit(world.plant)])
    assert service.list_assigned(alice, service.SCOPE).lines == []
    with pytest.raises(LookupError):
        service.withdraw(alice, task)


def test_another_company_sees_nothing(world, dana, assign):
    carol = people.viewer(world.people["carol"])
    charlie = people.viewer(world.people["charlie"])
    task = assign(dana, units=[public_unit(world.plant)])
    assert service.list_assigned(carol, service.SCOPE).lines == []
    assert service.list_tasks(charlie).open == []
    assert service.list_offers(carol) == []
    with pytest.raises(LookupError):
        service.get_assigned(carol, task)


def test_the_list_of_the_assigner_costs_two_statements(alice, assign, quiz, count_statements):
    assign(alice)
    with count_statements() as one:
        service.list_assigned(alice)
    for week in range(1, 9):
        assign(alice, due_on=THURSDAY + timedelta(weeks=week))
    with count_statements() as many:
        assert len(service.list_assigned(alice).lines) == 9
    assert len(one) == len(many) == 2


def test_assigning_and_taking_back_are_in_the_log(alice, assign):
    service.withdraw(alice, assign(alice))
    actions = database.session.scalars(
        select(AuditRow.action).where(AuditRow.actor_id == alice.id).order_by(AuditRow.id)
    )
    assert list(actions) == ["agenda.assigned", "agenda.withdrawn"]


def test_the_invariants_hold_after_all_that(world, alice, dana, bob, assign, quiz):
    subject = quiz("专题")
    assign(alice, subject)
    quizzes.finish(bob.id, subject)
    service.withdraw(alice, assign(alice))
    assert [line for known in all_invariants() for line in known.check()] == []
